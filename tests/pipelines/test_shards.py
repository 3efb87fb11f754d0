"""Shards: how many there are, and that their rows are the chunks' in order however they are cut."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.chunk_result import ChunkResult
from pipelines.selection import Selection
from pipelines.shards import MOST_SHARDS, shard_rows, write_shards
from pipelines.tables import ROW_GROUP, Stream, write_tables
from schemas.arrow import schema


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        (0, 100_000),
        (2_500_000, 100_000),
        (2_500_001, 200_000),
        (5_000_001, 400_000),
        (1_000_000_000, 51_200_000),
    ],
)
def test_shards_grow_where_there_would_be_more_than_a_commit_should_have(rows: int, size: int) -> None:
    assert shard_rows(rows) == size
    assert size % ROW_GROUP == 0
    assert -(-rows // size) <= MOST_SHARDS


@pytest.mark.parametrize("sizes", [[7], [3, 3, 3], [1, 10, 0, 4], [5, 5], []])
@pytest.mark.parametrize("take", [1, 4, 5, 100])
def test_a_stream_gives_the_rows_in_order_whatever_the_tables(sizes: list[int], take: int) -> None:
    ends = [sum(sizes[: n + 1]) for n in range(len(sizes))]
    tables = [pa.table({"n": list(range(end - size, end))}) for size, end in zip(sizes, ends, strict=True)]
    stream, taken = Stream(tables), []
    for _ in range(-(-sum(sizes) // take)):
        taken.append([n for table in stream.take(take) for n in table["n"].to_pylist()])
    assert [n for part in taken for n in part] == list(range(sum(sizes)))
    assert all(len(part) == take for part in taken[:-1])
    assert list(stream.take(take)) == []


def test_a_shard_ends_inside_a_chunk_and_no_row_is_lost(tmp_path: Path) -> None:
    empty = schema("sft").empty_table()
    chunks, first = [], 0
    for number, count in enumerate((70_000, 70_000, 5)):
        folder = tmp_path / str(number)
        folder.mkdir()
        nulls = [pa.nulls(count, field.type) for field in empty.schema]
        table = pa.table(nulls, schema=empty.schema)
        ids = pa.array([f"r-{n}" for n in range(first, first + count)])
        write_tables(folder / "sft.train.parquet", "sft", [table.set_column(0, empty.schema.field(0), ids)])
        chunks.append(ChunkResult(str(folder), {"sft.train.parquet": ""}, {}))
        first += count
    out = tmp_path / "out"
    files = write_shards(out, chunks, ["sft"], Selection())
    assert [file.rows for file in files] == [100_000, 40_005]
    read = [row for file in files for row in pq.read_table(out / file.path)["id"].to_pylist()]
    assert read == [f"r-{n}" for n in range(140_005)]
