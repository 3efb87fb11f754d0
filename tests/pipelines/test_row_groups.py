"""Row groups and shards: cut by the problems in them, so that a dataset that grows keeps the bytes it has."""

import random
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.shared_bytes import LEAST, MOST, chunks, new_chunks
from pipelines.chunk_result import ChunkResult
from pipelines.row_groups import PROBLEMS, row_groups
from pipelines.selection import Selection
from pipelines.shards import write_shards
from pipelines.tables import MOST_ROWS, read_file, write_rows, write_tables
from schemas.arrow import to_table
from schemas.manifest import DataFile

WORDS = (
    "so",
    "then",
    "we",
    "add",
    "the",
    "two",
    "numbers",
    "of",
    "clips",
    "sold",
    "in",
    "April",
    "and",
    "May",
)


def stepwise(problem: int, number: int) -> dict[str, Any]:
    """One row of a problem: texts and hashes that are its own."""
    rng = random.Random(f"{problem}/{number}")
    text = " ".join(rng.choices(WORDS, k=30)) + f" {rng.randrange(10**9)}"
    lineage = dict.fromkeys(
        ("variant", "error_kind", "origin", "policy", "teacher", "verified_by", "located_by", "written_by"),
        "x",
    )
    return {
        **lineage,
        "id": f"r-{rng.getrandbits(80):020x}",
        "problem_id": f"jars/{problem}",
        "recipe": "step_labels",
        "parents": [f"a-{rng.getrandbits(80):020x}"],
        "source": "jars",
        "licence": "MIT",
        "prompt": text[:60],
        "completions": [text, text[::-1]],
        "labels": [True, False],
        "values": [1.0, 0.0],
        "value_samples": [8, 8],
        "first_error": 1,
    }


def rows_of(problems: Sequence[int], each: int = 2) -> list[dict[str, Any]]:
    return [stepwise(problem, number) for problem in problems for number in range(each)]


def groups_of(path: Path) -> list[str]:
    """Hash of every row group's pages."""
    content, metadata = path.read_bytes(), pq.read_metadata(path)
    hashes = []
    for number in range(metadata.num_row_groups):
        digest = sha256()
        for column in map(metadata.row_group(number).column, range(metadata.num_columns)):
            start = column.dictionary_page_offset or column.data_page_offset
            digest.update(content[start : start + column.total_compressed_size])
        hashes.append(digest.hexdigest())
    return hashes


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return to_table("stepwise", rows_of(range(1000)))


def test_the_rows_alone_decide_the_bytes_not_the_parts_they_come_in(table: pa.Table, tmp_path: Path) -> None:
    written = set()
    for size in (len(table), 777, 1):
        path = tmp_path / f"{size}.parquet"
        parts = (table.slice(start, size) for start in range(0, len(table), size))
        assert write_tables(path, "stepwise", parts) == len(table)
        written.add(path.read_bytes())
    assert len(written) == 1 and read_file(tmp_path / "1.parquet").equals(table)


def test_groups_hold_whole_problems_many_first_and_few_where_the_dataset_grows(table: pa.Table) -> None:
    groups = list(row_groups([table]))
    assert pa.concat_tables(groups).equals(table)
    problems = [len(set(group["problem_id"].to_pylist())) for group in groups]
    assert sum(problems) == 1000
    largest, *_, smallest = PROBLEMS
    assert largest / 2 <= problems[0] <= 2 * largest and problems[-1] <= 2 * smallest
    assert all(smallest / 2 <= count <= 2 * largest for count in problems[:-1])


def test_a_problem_with_more_rows_than_a_group_may_have_is_cut_by_count(tmp_path: Path) -> None:
    rows = [stepwise(0, 0)] * (MOST_ROWS + 5)
    write_rows(tmp_path / "x.parquet", "stepwise", rows)
    metadata = pq.read_metadata(tmp_path / "x.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [MOST_ROWS, 5]


@pytest.mark.parametrize("place", [0, 333, 500, 1000])
def test_a_problem_more_changes_the_group_it_is_in_and_hardly_another(
    table: pa.Table, tmp_path: Path, place: int
) -> None:
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    write_tables(old, "stepwise", [table])
    more = to_table("stepwise", rows_of([5000]))
    write_tables(new, "stepwise", [table.slice(0, 2 * place), more, table.slice(2 * place)])
    before, after = groups_of(old), groups_of(new)
    assert 1 <= len(set(after) - set(before)) <= 3


def test_tables_are_written_as_readers_like_them(table: pa.Table, tmp_path: Path) -> None:
    write_tables(tmp_path / "x.parquet", "stepwise", [table])
    group = pq.read_metadata(tmp_path / "x.parquet").row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert all(column.has_offset_index for column in columns.values())
    assert {n for n, c in columns.items() if c.is_stats_set} == {"problem_id", "source"}
    with_dictionary = {name for name, column in columns.items() if column.has_dictionary_page}
    assert {"recipe", "source", "licence"} <= with_dictionary
    assert not with_dictionary & {"id", "problem_id", "prompt", "completions.list.element"}


def dataset(out: Path, problems: Sequence[int], size: int = 50, each: int = 2) -> list[DataFile]:
    """Shards made of chunks of so many problems with so many rows each."""
    return write_shards(out, finished(out, problems, size, each), ["stepwise", "sft"], Selection())


def finished(out: Path, problems: Sequence[int], size: int = 50, each: int = 2) -> list[ChunkResult]:
    """Finished chunks of so many problems with so many rows each."""
    results = []
    for start in range(0, len(problems), size):
        folder = out / "chunks" / str(start)
        folder.mkdir(parents=True)
        write_rows(
            folder / "stepwise.train.parquet", "stepwise", rows_of(problems[start : start + size], each)
        )
        results.append(ChunkResult(str(folder), {"stepwise.train.parquet": ""}, {}))
    return results


def test_a_chunk_whose_folder_has_gone_is_an_error_and_no_dataset_without_it(tmp_path: Path) -> None:
    dataset(tmp_path, range(100))
    before = sorted((tmp_path / "data").rglob("*.parquet"))
    found = finished(tmp_path / "next", range(150))
    shutil.rmtree(found[1].folder)
    with pytest.raises(FileNotFoundError, match="50"):
        write_shards(tmp_path, found, ["stepwise"], Selection())
    assert sorted((tmp_path / "data").rglob("*.parquet")) == before


def test_a_row_put_in_changes_its_shard_and_leaves_the_others_the_files_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.shards.SHARD_ROWS", 500)
    old = dataset(tmp_path / "old", range(2000))
    new = dataset(tmp_path / "new", [*range(100), 5000, *range(100, 2000)])
    [*shards, empty] = old
    assert (empty.path, empty.rows) == ("data/sft/train-00000-of-00001.parquet", 0)
    assert [f.path for f in shards] == [
        f"data/stepwise/train-{number:05d}-of-{len(shards):05d}.parquet" for number in range(len(shards))
    ]
    assert len(shards) >= 3 and all(500 <= f.rows < 500 + 4 * PROBLEMS[0] for f in shards[:-1])
    assert sum(f.rows for f in shards) == 4000
    assert [file.sha256 for file in old[1:]] == [file.sha256 for file in new[1:]]
    assert old[0].sha256 != new[0].sha256
    read = pa.concat_tables(read_file(tmp_path / "old" / file.path) for file in shards)
    assert read["problem_id"].to_pylist() == [f"jars/{n}" for n in range(2000) for _ in range(2)]


def test_a_hundredth_more_problems_at_the_end_are_a_small_share_of_new_bytes(tmp_path: Path) -> None:
    dataset(tmp_path / "old", range(2000), each=6)
    dataset(tmp_path / "new", range(2020), each=6)
    found = new_chunks(tmp_path / "old" / "data", tmp_path / "new" / "data")
    fresh, whole = found["stepwise/train-00000-of-00001.parquet"]
    assert whole > 1_400_000 and 0 < fresh / whole < 0.15


def test_content_is_cut_into_chunks_as_large_as_the_hubs_and_an_insertion_changes_few() -> None:
    content = random.Random(1).randbytes(3 << 20)
    cut = list(chunks(content))
    assert b"".join(cut) == content
    assert all(LEAST <= len(chunk) <= MOST for chunk in cut[:-1])
    assert 40_000 < len(content) / len(cut) < 80_000
    changed = list(chunks(content[:1_500_000] + b"new" + content[1_500_000:]))
    assert 1 <= len(set(changed) - set(cut)) <= 2
