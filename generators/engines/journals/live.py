"""The file a writer appends to: whole records, handed to the operating system one by one."""

import contextlib
import errno
import os
import time
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.records import is_whole, without_sum
from generators.engines.journals.segment_writer import SegmentWriter

FULL_BYTES = 64 << 20
FULL_RECORDS = 1 << 16  # what a journal remembers of its open file costs 200 bytes a record
IDLE_S = 6 * 3600
"""A file that lay still this long is not written on: `compact` may take it after a day."""


class LiveFile:
    """One `.open` file of this process. Not to be shared with another process, so not after a fork."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{names.new_stem()}{names.OPEN}"
        self.process = os.getpid()
        self.places: dict[bytes, int] = {}
        """Where the record of each key begins << 32 | its length."""
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        self._size = 0
        self._last = time.time()

    @property
    def full(self) -> bool:
        """Whether the next record should go to another file."""
        big = self._size >= FULL_BYTES or len(self.places) >= FULL_RECORDS
        return big or time.time() - self._last > IDLE_S

    def append(self, key: bytes, line: bytes) -> bool:
        """Append a record; on return it outlives this process. False where the file was taken away.

        OSError where it did not fit: end the file then, so that what is torn stays its last record.
        """
        try:
            count = os.write(self._file, line)
            gone = os.fstat(self._file).st_nlink == 0
        except OSError as error:
            if error.errno == errno.ESTALE:
                return False
            raise
        if gone:
            return False
        if count != len(line):
            raise OSError(
                errno.ENOSPC, f"only {count} of {len(line)} bytes fitted into the journal", str(self.path)
            )
        self.places[key] = self._size << 32 | count
        self._size += count
        self._last = time.time()
        return True

    def line(self, key: bytes) -> bytes:
        """The record of a key that is in `places`; empty where it is damaged."""
        place = self.places[key]
        line = os.pread(self._file, place & 0xFFFFFFFF, place >> 32)
        return line if is_whole(line) else b""

    def close(self) -> None:
        """Close without sealing, as a fork's copy must."""
        with contextlib.suppress(OSError):
            os.close(self._file)

    def seal(self) -> Path | None:
        """Close the file and compress it; where that fails it is only renamed. None where nothing is left of it."""
        self.close()
        try:
            return _sealed(self.path)
        except OSError:
            closed = self.path.with_suffix(names.CLOSED)
            with contextlib.suppress(OSError):
                return self.path.rename(closed)
            return None


def _sealed(path: Path) -> Path | None:
    """A plain file as a segment in its place; OSError where that cannot be written or a record is damaged."""
    writer = SegmentWriter(path.with_suffix(names.SEALED))
    try:
        torn = False
        with path.open("rb") as file:
            for line in file:
                if torn:
                    raise OSError(errno.EIO, "a record is damaged", str(path))
                torn = not is_whole(line)
                if not torn:
                    writer.add(without_sum(line))
        if writer.records:
            writer.finish()
    finally:
        writer.discard()
    path.unlink(missing_ok=True)
    return writer.path if writer.records else None
