"""Parquet as every table is written: zstd, page index, content-defined chunks, few large row groups.

The same rows in the same order give the same bytes (within one pyarrow version). Row groups are
cut by count, so a table written at once and in parts is the same file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow import dictionary_leaves, schema, to_table

ROW_GROUP = 10_000
"""Rows per row group: large groups keep content-defined chunks stable when rows are inserted."""


def write_rows(path: Path, table: str, rows: list[dict[str, Any]]) -> None:
    """Write one table's rows as a file."""
    write_tables(path, table, [to_table(table, rows)])


def write_tables(path: Path, table: str, parts: Iterable[pa.Table]) -> int:
    """Write Arrow tables one after another into a file with fixed row groups; returns its rows."""
    rows = 0
    with pq.ParquetWriter(
        path,
        schema(table),
        compression="zstd",
        use_dictionary=dictionary_leaves(table),
        write_page_index=True,
        use_content_defined_chunking=True,
    ) as writer:
        for pieces in slices(parts, ROW_GROUP):
            group = pa.concat_tables(pieces)
            writer.write_table(group, row_group_size=ROW_GROUP)
            rows += group.num_rows
    return rows


def slices(tables: Iterable[pa.Table], size: int) -> Iterator[list[pa.Table]]:
    """Tables regrouped into lists of exactly `size` rows, the last one shorter."""
    group: list[pa.Table] = []
    room = size
    for table in tables:
        start = 0
        while table.num_rows - start >= room:
            group.append(table.slice(start, room))
            yield group
            start, group, room = start + room, [], size
        if start < table.num_rows:
            group.append(table.slice(start))
            room -= table.num_rows - start
    if group:
        yield group


class Stream:
    """Tables one after another, of which so many rows at a time are taken."""

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        self._tables = iter(tables)
        self._rest: pa.Table | None = None

    def take(self, rows: int) -> Iterator[pa.Table]:
        """The next rows, as many as there are; to be read to the end before the next are taken."""
        while rows:
            table = next(self._tables, None) if self._rest is None else self._rest
            if table is None:
                return
            part, self._rest = table.slice(0, rows), table.slice(rows) if table.num_rows > rows else None
            rows -= part.num_rows
            yield part


def read_file(path: Path) -> pa.Table:
    """A whole file as an Arrow table."""
    return pq.read_table(path)
