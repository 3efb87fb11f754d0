"""Writing a segment: records compressed in blocks, with an index at the end.

    zstd frame … zstd frame     blocks: records that begin within 64 KiB of text, each with its checksum
    zstd skippable frame        index: entries, block starts, fan-out, foot

So `zstdcat FILE` gives the records as JSON lines, whatever becomes of the index. In the index everything is
little-endian and 64 bits wide:

    entries      for every record, sorted: first 64 bits of its key, its place (block << 16 | offset in the block)
    block starts where each block begins in the file, and where the last one ends
    fan-out      how many entries begin with a digit below 0, 1, … 16 (of 16)
    foot         number of records, number of blocks, CRC-32 of the skippable frame up to here, magic
"""

import io
import os
import struct
import zlib
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import zstandard

from generators.engines.journals import names
from generators.engines.journals.entries import Listing, fan_out
from generators.engines.journals.records import prefix_of

BLOCK_BYTES = 1 << 16
"""Of text. Solutions of 165 tokens with their ids: 3.15 to 1; in blocks of 16 KiB 2.92, of 128 KiB 3.18. Level 9
instead of 3 gives 3.39 for four times the time."""
OFFSET_BITS = 16
LEVEL = 3
SKIPPABLE = struct.Struct("<II")
SKIPPABLE_MAGIC = 0x184D2A5C
FOOT = struct.Struct("<QQQ8s")
CHECKED_FOOT = 16  # bytes of the foot that the CRC-32 covers
FOOT_MAGIC = b"corrjrn1"


class SegmentStream:
    """The bytes of a segment, written to any file as records are added. Memory: 16 bytes a record."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zstd = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True)
        self.records = 0
        """Records so far."""
        self._block: list[bytes] = []
        self._filled = 0
        self._starts = array("Q", [0])
        self._listing = Listing()

    @property
    def size(self) -> int:
        """Compressed bytes so far."""
        return self._starts[-1]

    def add(self, line: bytes) -> None:
        """Add a record, without its checksum."""
        self.records += 1
        self._listing.add(prefix_of(line), (len(self._starts) - 1) << OFFSET_BITS | self._filled)
        self._block.append(line)
        self._filled += len(line)
        if self._filled >= BLOCK_BYTES:
            self._end_block()

    def end(self) -> None:
        """Write the index; nothing can be added then."""
        if self._block:
            self._end_block()
        self._file.write(self._index())
        self._listing = Listing()  # frees it: other parts are still to come

    def _index(self) -> bytes:
        entries = self._listing.sorted()
        starts = np.array(self._starts, "<u8")
        counts = np.array([*fan_out(entries), self.records, len(starts) - 1], "<u8")
        content = entries.tobytes() + starts.tobytes() + counts.tobytes()
        index = SKIPPABLE.pack(SKIPPABLE_MAGIC, len(content) + FOOT.size - CHECKED_FOOT) + content
        return index + zlib.crc32(index).to_bytes(8, "little") + FOOT_MAGIC

    def _end_block(self) -> None:
        packed = self._zstd.compress(b"".join(self._block))
        self._file.write(packed)
        self._starts.append(self._starts[-1] + len(packed))
        self._block, self._filled = [], 0


def packed(lines: Iterable[bytes]) -> bytes:
    """A whole segment of some records, without their checksums, in memory."""
    content = io.BytesIO()
    stream = SegmentStream(content)
    for line in lines:
        stream.add(line)
    stream.end()
    return content.getvalue()


class SegmentWriter:
    """A segment in the making on disk; nothing is at `path` before `finish`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._partial = names.partial(path)
        self._file = self._partial.open("xb")
        self._stream = SegmentStream(self._file)

    @property
    def records(self) -> int:
        """Records so far."""
        return self._stream.records

    @property
    def size(self) -> int:
        """Compressed bytes so far."""
        return self._stream.size

    def add(self, line: bytes) -> None:
        """Add a record, without its checksum."""
        self._stream.add(line)

    def close(self) -> None:
        """Write the index and force all to disk, still without a place; nothing can be added then. OSError."""
        if self._file.closed:
            return
        self._stream.end()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def finish(self) -> None:
        """Put the segment at its path, on disk. OSError where it cannot be; `discard` then."""
        self.close()
        self._partial.rename(self.path)
        sync_folder(self.path.parent)

    def discard(self) -> None:
        """Leave nothing behind; harmless after `finish`."""
        self._file.close()
        self._partial.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder outlive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
