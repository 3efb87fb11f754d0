"""What was bought while the store could not be reached: kept on this machine, stored by the next start.

FOLDER/STEM/lock                held by the process as long as it lives
FOLDER/STEM/STEM.open           its records, as those of a journal in a folder
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.folder import Folder
from generators.engines.journals.live import LiveFile
from generators.engines.journals.plain import Plain
from generators.engines.journals.records import key_of

_LOCK = "lock"


class Spill:
    """The records of one process. Not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._folder = folder / names.new_stem()
        self._live: LiveFile | None = None
        self._lock = -1

    @property
    def used(self) -> bool:
        """Whether there is anything in it."""
        return self._live is not None

    def add(self, lines: Iterable[bytes]) -> None:
        """Append records with their checksums. OSError where there is no room for them."""
        if self._live is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._live = LiveFile(self._folder)
        for line in lines:
            key = bytes.fromhex(key_of(line))
            if key not in self._live.places:
                self._live.append(key, line)

    def clear(self) -> None:
        """Remove all: it is stored by now."""
        if self._live is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self.leave()

    def leave(self) -> None:
        """Leave what there is to the next start."""
        if self._live is not None:
            self._live.close()
            os.close(self._lock)
            self._live, self._folder = None, self.folder / names.new_stem()


@contextlib.contextmanager
def left(folder: Path) -> Iterator[list[bytes]]:
    """The records that dead processes left in a folder; they are removed when the block ends without an error."""
    locks: dict[Path, int] = {}
    lines: list[bytes] = []
    try:
        for one in sorted(folder.iterdir()) if folder.is_dir() else ():
            with contextlib.suppress(OSError):
                lock = os.open(one / _LOCK, os.O_RDWR)
                locks[one] = lock
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                lines += _records(one)
                continue
            if one in locks:  # its process lives
                os.close(locks.pop(one))
        yield lines
        for one in locks:
            shutil.rmtree(one, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.rmdir()
    finally:
        for lock in locks.values():
            os.close(lock)


def _records(folder: Path) -> list[bytes]:
    files = Folder(folder)
    try:
        return [line for file in files.files if isinstance(file, Plain) for _place, line in file.lines()]
    finally:
        files.close()
