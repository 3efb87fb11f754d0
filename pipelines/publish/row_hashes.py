"""Rows by their content: one hash for each config and split, order included."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.ids import canonical_json

BATCH_ROWS = 1000
"""Rows made into Python objects at once."""


@dataclass(frozen=True, slots=True)
class RowHash:
    """How many rows, and the SHA-256 of their canonical JSON, one row a line."""

    rows: int
    sha256: str


def hash_rows(batches: Iterable[Sequence[Mapping[str, Any]]]) -> RowHash:
    """The hash of rows in their order; equal whatever library, file cut or compression they came through."""
    digest, rows = hashlib.sha256(), 0
    for batch in batches:
        for row in batch:
            digest.update(canonical_json(row).encode("utf-8", "surrogatepass"))
            digest.update(b"\n")
        rows += len(batch)
    return RowHash(rows, digest.hexdigest())


def hash_files(paths: Iterable[Path]) -> RowHash:
    """The hash of the rows of Parquet files, one after another."""
    import pyarrow.parquet as pq

    return hash_rows(
        batch.to_pylist() for path in paths for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS)
    )
