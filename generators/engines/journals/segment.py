"""Reading a segment: its index, and single records; what is damaged is found, and costs no more than its block."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import zstandard

from generators.engines.journals.entries import FAN_OUT, Entries, Listing, fan_out
from generators.engines.journals.records import prefix_of
from generators.engines.journals.segment_writer import (
    CHECKED_FOOT,
    FOOT,
    FOOT_MAGIC,
    OFFSET_BITS,
    SKIPPABLE,
)

_FRAME = b"\x28\xb5\x2f\xfd"
_CHUNK = 1 << 20
_LARGEST = 1 << 30
"""Bytes of a block's text that no block has: it ends with the record that fills 64 KiB."""


class Reader(Protocol):
    """Reads byte ranges of files, or of objects by their names."""

    def read(self, path: Path, start: int, length: int) -> bytes:
        """Up to `length` bytes; fewer only at the end. OSError where it cannot be read."""
        ...

    def size(self, path: Path) -> int:
        """Bytes there are."""
        ...


class Segment:
    """One `.jsonl.zst` file. Raises OSError where the file cannot be read, FileNotFoundError where it is gone."""

    def __init__(self, path: Path, handles: Reader) -> None:
        self.path = path
        self._handles = handles
        self._zstd = zstandard.ZstdDecompressor()
        self.size = handles.size(path)
        self.unreadable = 0
        """Blocks that are known to be damaged."""
        self.index_start = self.size
        """Where the index begins, as far as that is known."""
        self._salvaged: Entries | None = None
        self._starts: Entries = np.empty(0, "<u8")
        self._fan_out = [0] * (FAN_OUT + 1)
        self.index_damaged = not self._read_index()
        if self.index_damaged:
            self._salvage()

    @property
    def records(self) -> int:
        """How many records the index names."""
        return self._fan_out[-1]

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self._starts) - 1

    def entries(self, low: int, high: int) -> Entries:
        """The entries whose key begins with a hexadecimal digit from `low` up to and without `high`."""
        first, last = self._fan_out[low], self._fan_out[high]
        if self._salvaged is not None:
            return self._salvaged[first:last]
        raw = self._handles.read(self.path, self.index_start + 16 * first, 16 * (last - first))
        return np.frombuffer(raw, "<u8").reshape(-1, 2)

    def block(self, number: int) -> bytes:
        """The text of a block; empty where it is damaged."""
        start, end = int(self._starts[number]), int(self._starts[number + 1])
        return self._text(self._handles.read(self.path, start, end - start))

    def start(self, number: int) -> int:
        """Where a block begins in the file."""
        return int(self._starts[number])

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every record that can be read, with its place, in the order written; damaged blocks are counted."""
        for number in range(self.blocks):
            text = self.block(number)
            self.unreadable += not text
            yield from lines_of(text, number)

    def _text(self, packed: bytes) -> bytes:
        try:
            # A damaged size is no reason to ask for so much memory.
            if zstandard.frame_content_size(packed) > _LARGEST:
                return b""
            return self._zstd.decompress(packed)
        except zstandard.ZstdError:
            return b""

    def _read_index(self) -> bool:
        """Read the foot, check the index, keep its small parts; whether it is sound."""
        foot_start = self.size - FOOT.size
        if foot_start < SKIPPABLE.size:
            return False
        foot = self._handles.read(self.path, foot_start, FOOT.size)
        records, blocks, crc, _magic = FOOT.unpack(foot)
        length = index_length(foot)
        if length is None or foot_start - length < SKIPPABLE.size:
            return False
        self.index_start = foot_start - length
        found, at, end = 0, self.index_start - SKIPPABLE.size, foot_start + CHECKED_FOOT
        while at < end:
            chunk = self._handles.read(self.path, at, min(_CHUNK, end - at))
            found, at = zlib.crc32(chunk, found), at + len(chunk)
        small = self._handles.read(self.path, self.index_start + 16 * records, length - 16 * records)
        numbers = np.frombuffer(small, "<u8")
        self._starts, self._fan_out = numbers[: blocks + 1], numbers[blocks + 1 :].tolist()
        return bool(found == crc)

    def _salvage(self) -> None:
        """Make the index again from the blocks; what lies between two of them is damaged."""
        raw = self._handles.read(self.path, 0, self.size)
        starts, listing, at = [0], Listing(), 0
        while (at := raw.find(_FRAME, at)) >= 0:
            found = _frame(raw, at)
            if found is None:
                at += 1
                continue
            text, end = found
            if at > starts[-1]:
                starts.append(at)  # the damaged stretch stands as a block of its own
            for place, line in lines_of(text, len(starts) - 1):
                listing.add(prefix_of(line), place)
            starts.append(end)
            at = end
        self._starts = np.array(starts, "<u8")
        self._salvaged = listing.sorted()
        self._fan_out = fan_out(self._salvaged)


def index_length(foot: bytes) -> int | None:
    """Bytes between the head of the index and its foot; None where this is no foot."""
    records, blocks, _crc, magic = FOOT.unpack(foot)
    return 16 * records + 8 * (blocks + 1) + 8 * (FAN_OUT + 1) if magic == FOOT_MAGIC else None


def _frame(raw: bytes, at: int) -> tuple[bytes, int] | None:
    """The text of the block that begins at an offset, and where it ends; None where there is no whole one."""
    frame, text = zstandard.ZstdDecompressor().decompressobj(), b""
    try:
        while not frame.eof and at < len(raw):
            text += frame.decompress(raw[at : at + _CHUNK])
            at += _CHUNK
    except zstandard.ZstdError:
        return None
    end = min(at, len(raw)) - len(frame.unused_data)
    return (text, end) if frame.eof else None


def lines_of(text: bytes, block: int) -> Iterator[tuple[int, bytes]]:
    """The records of a block's text with their places."""
    offset = 0
    for line in text.splitlines(keepends=True):
        yield block << OFFSET_BITS | offset, line
        offset += len(line)


def line_at(text: bytes, offset: int) -> bytes:
    """The record that begins at an offset of a block's text."""
    return text[offset : text.find(b"\n", offset) + 1]
