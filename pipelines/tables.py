"""Parquet as every table is written: zstd, page index, content-defined chunks, row groups by content.

The same rows in the same order give the same bytes (within one pyarrow version), whether a table is written at
once or in parts.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.row_groups import row_groups
from schemas.arrow import dictionary_leaves, schema, statistics_leaves, to_table

MOST_ROWS = 10_000
"""Rows of a row group at most."""


def write_rows(path: Path, table: str, rows: list[dict[str, Any]]) -> None:
    """Write one table's rows as a file."""
    write_tables(path, table, [to_table(table, rows)])


def write_tables(path: Path, table: str, parts: Iterable[pa.Table]) -> int:
    """Write Arrow tables one after another into a file, in row groups of their own; returns its rows."""
    return write_groups(path, table, row_groups(parts))


def write_groups(path: Path, table: str, groups: Iterable[pa.Table]) -> int:
    """Write Arrow tables as the row groups of a file; returns its rows."""
    rows = 0
    with pq.ParquetWriter(
        path,
        schema(table),
        compression="zstd",
        use_dictionary=dictionary_leaves(table),
        write_statistics=statistics_leaves(table),
        write_page_index=True,
        use_content_defined_chunking=True,
    ) as writer:
        for group in groups:
            writer.write_table(group, row_group_size=MOST_ROWS)
            rows += group.num_rows
    return rows


def read_file(path: Path) -> pa.Table:
    """A whole file as an Arrow table."""
    return pq.read_table(path)
