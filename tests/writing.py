"""Small input files for tests."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

ROW = {"id": "q1", "question": "What is 2 + 3?", "answer": "5", "solution": "2 + 3 = 5"}


def write_lines(path: Path, lines: Iterable[object]) -> Path:
    """One line each: bytes as they are, anything else as JSON; compressed as the name says."""
    raw = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    path.write_bytes(compressed(raw, path.name))
    return path


def compressed(raw: bytes, name: str) -> bytes:
    """The bytes as the ending of the name asks for."""
    if name.endswith(".gz"):
        return gzip.compress(raw)
    if name.endswith(".zst"):
        from zstandard import ZstdCompressor

        return ZstdCompressor(write_checksum=True).compress(raw)
    return raw
