"""Open files of a journal, a bounded number of them."""

import contextlib
import os
from collections import OrderedDict
from pathlib import Path

_MOST_OPEN = 64  # of the 1,024 that a process usually may have


class Handles:
    """Reads byte ranges of files that stay open between reads.

    A file that another process has removed since is still read where the file system allows it (not over
    NFS: OSError, and the reader lists the folder again).
    """

    def __init__(self) -> None:
        self._open: OrderedDict[Path, int] = OrderedDict()

    def read(self, path: Path, start: int, length: int) -> bytes:
        """Up to `length` bytes; fewer only at the end of the file. OSError where it cannot be read."""
        file = self._file(path)
        data = os.pread(file, length, start)
        while len(data) < length and (more := os.pread(file, length - len(data), start + len(data))):
            data += more
        return data

    def size(self, path: Path) -> int:
        """Bytes in the file now."""
        return os.fstat(self._file(path)).st_size

    def close(self) -> None:
        """Close all; a later read opens its file again."""
        while self._open:
            self._close_oldest()

    def _file(self, path: Path) -> int:
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        if len(self._open) >= _MOST_OPEN:
            self._close_oldest()
        self._open[path] = os.open(path, os.O_RDONLY)
        return self._open[path]

    def _close_oldest(self) -> None:
        _path, file = self._open.popitem(last=False)
        with contextlib.suppress(OSError):
            os.close(file)

    def __del__(self) -> None:
        self.close()
