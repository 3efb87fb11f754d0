"""Lines of a file, plain or compressed (.gz, .zst), one at a time.

Both compressions are read member by member, so concatenated files are read to their end, and a file
that stops in the middle of a member raises: zstandard's own stream reader ends there as if all were well.
Overwritten bytes are noticed at the latest at the member's checksum; lines before it may be read wrongly,
and a .zst written without checksum may hide them altogether.
"""

import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

_CHUNK_BYTES = 1 << 16
_LONGEST_LINE_BYTES = 64 << 20  # a line is held in memory; the longest rollouts are below 1 MiB


class CorruptFile(ValueError):
    """The compressed data are damaged or stop early."""


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def byte_lines(path: str) -> Generator[bytes | None, None, None]:
    """Lines without their line break; None for a line of more than 64 MiB. May raise CorruptFile."""
    with Path(path).open("rb") as stream:
        yield from _lines(_chunks(stream, path))


def _chunks(stream: BinaryIO, path: str) -> Iterator[bytes]:
    if path.endswith(".gz"):
        return _inflate(stream, lambda: zlib.decompressobj(wbits=31))
    if path.endswith(".zst"):
        from zstandard import ZstdDecompressor

        return _inflate(stream, lambda: ZstdDecompressor().decompressobj())
    return iter(lambda: stream.read(_CHUNK_BYTES), b"")


def _inflate(stream: BinaryIO, new: Callable[[], _Inflater]) -> Iterator[bytes]:
    from zstandard import ZstdError

    inflater: _Inflater | None = None
    while data := stream.read(_CHUNK_BYTES):
        while data:
            if inflater is None:
                inflater = new()
            try:
                out = inflater.decompress(data)
            except (zlib.error, ZstdError) as error:
                raise CorruptFile(str(error)) from None
            if out:
                yield out
            if not inflater.eof:
                break
            data, inflater = inflater.unused_data, None
    if inflater is not None:
        raise CorruptFile("the file stops in the middle of its compressed data")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    parts: list[bytes] = []
    size, too_long = 0, False
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            parts.append(piece)
            yield None if too_long else b"".join(parts)
            parts, size, too_long = [], 0, False
        size += len(rest)
        too_long = too_long or size > _LONGEST_LINE_BYTES
        if too_long:
            parts = []
        elif rest:
            parts.append(rest)
    if parts or too_long:
        yield None if too_long else b"".join(parts)
