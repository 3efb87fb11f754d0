"""How much of a dataset's bytes another version has already: by whole files, and by chunks cut by content.

The chunks are cut as the Hub's Xet storage cuts files: a rolling hash of the last 64 bytes ends a chunk where its
upper 16 bits are 0, after 8 KiB at the least and 128 KiB at the most, 64 KiB on average. The table of the hash is
our own, so the places differ from the Hub's, their number and sizes do not.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LEAST, MOST = 8 << 10, 128 << 10
_WINDOW = 64
_ENDS = np.uint64(0xFFFF << 48)
_TABLE = np.random.default_rng(2026).integers(0, 1 << 64, 256, dtype=np.uint64)


def chunks(content: bytes) -> Iterator[bytes]:
    """The content cut by content."""
    start = 0
    for end in [*_ends(content), len(content)]:
        while end - start > MOST:
            yield content[start : start + MOST]
            start += MOST
        if end - start >= LEAST or end == len(content) > start:
            yield content[start:end]
            start = end


def _ends(content: bytes) -> list[int]:
    """Places where the hash would end a chunk, ascending."""
    hashed: NDArray[np.uint64] = _TABLE[np.frombuffer(content, dtype=np.uint8)]
    width = 1
    while width < _WINDOW:  # the hash of 2n bytes from those of n
        doubled = hashed.copy()
        doubled[width:] += hashed[:-width] << np.uint64(width)
        hashed, width = doubled, 2 * width
    return [int(at) + 1 for at in np.flatnonzero((hashed & _ENDS) == 0)]


def new_chunks(old: Path, new: Path) -> dict[str, tuple[int, int]]:
    """Bytes of every Parquet file under `new` in chunks that no file under `old` has, and all its bytes, by path."""
    known = {_hash(chunk) for path in _files(old) for chunk in chunks(path.read_bytes())}
    found = {}
    for path in _files(new):
        cut = list(chunks(path.read_bytes()))
        fresh = {_hash(chunk): len(chunk) for chunk in cut if _hash(chunk) not in known}
        known.update(fresh)
        found[path.relative_to(new).as_posix()] = (sum(fresh.values()), sum(map(len, cut)))
    return found


def new_files(old: Path, new: Path) -> tuple[int, int]:
    """Bytes of the Parquet files under `new` whose content no file under `old` has, and of all of them."""
    known = {_hash(path.read_bytes()) for path in _files(old)}
    sizes = {path: path.stat().st_size for path in _files(new)}
    fresh = sum(size for path, size in sizes.items() if _hash(path.read_bytes()) not in known)
    return fresh, sum(sizes.values())


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
