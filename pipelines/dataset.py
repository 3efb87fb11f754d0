"""A finished dataset, read: by `show`, `explain` and tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.arrow import TABLES
from schemas.exceptions import InputError

_BATCH_ROWS = 1000
"""Rows made into Python objects at once: a whole shard of them takes gigabytes."""


def table_files(folder: Path, table: str) -> list[Path]:
    """Shards of one table, in order. InputError where the folder holds no dataset or no such table."""
    if not (folder / "data").is_dir():
        raise InputError(
            f"{folder} holds no dataset: there is no {folder / 'data'}; build one with --out {folder}"
        )
    files = sorted((folder / "data" / table).glob("*.parquet"))
    if not files:
        there = [t for t in TABLES if (folder / "data" / t).is_dir()]
        raise InputError(f"{folder} has no table {table!r}; it has {', '.join(there)}")
    return files


def rows(folder: Path, table: str, where: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Rows of a table, those whose columns equal `where`, batch by batch."""
    import pyarrow.parquet as pq

    for path in table_files(folder, table):
        filters = [(name, "==", value) for name, value in (where or {}).items()]
        if filters:
            batches = iter(pq.read_table(path, filters=filters).to_batches(_BATCH_ROWS))
        else:
            batches = pq.ParquetFile(path).iter_batches(_BATCH_ROWS)
        for batch in batches:
            yield from batch.to_pylist()


def find(folder: Path, wanted: str) -> tuple[str, dict[str, Any]] | None:
    """The row with this id and its table, or None."""
    for table in TABLES:
        if (folder / "data" / table).is_dir():
            for row in rows(folder, table, {"id": wanted}):
                return table, row
    return None
