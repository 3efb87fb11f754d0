"""A finished dataset, read: by `show`, `explain` and tests."""

import json
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from pipelines.plan import planned_in
from schemas.arrow import TABLES
from schemas.exceptions import InputError
from schemas.problem import Problem

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


def spread(folder: Path, table: str, count: int, recipe: str = "") -> Iterator[dict[str, Any]]:
    """`count` rows, taking turns among recipes and their variants, and each from another part of the table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = table_files(folder, table)
    names = pa.concat_tables(pq.read_table(path, columns=["recipe", "variant"]) for path in files).to_pylist()
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(names):
        if recipe in ("", row["recipe"]):
            groups.setdefault((row["recipe"], row["variant"]), []).append(place)
    turns = list(groups.values())
    count = min(count, sum(map(len, turns)))
    wanted = [turns[turn % len(turns)] for turn in range(count)]
    yield from rows_at(
        files, sorted({group[turn * len(group) // count] for turn, group in enumerate(wanted)})
    )


def rows_at(files: Iterable[Path], places: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The rows with these numbers, which ascend, counted through all files; other row groups are not read."""
    import pyarrow.parquet as pq

    start = 0
    for path in files:
        with pq.ParquetFile(path) as parquet:
            for number in range(parquet.num_row_groups):
                end = start + parquet.metadata.row_group(number).num_rows
                here = [place - start for place in places if start <= place < end]
                if here:
                    yield from parquet.read_row_group(number).take(here).to_pylist()
                start = end


def find(folder: Path, wanted: str) -> tuple[str, dict[str, Any]] | None:
    """The row with this id and its table, or None."""
    for table in TABLES:
        if (folder / "data" / table).is_dir():
            for row in rows(folder, table, {"id": wanted}):
                return table, row
    return None


def planned_problem(folder: Path, problem_id: str) -> Problem | None:
    """The problem as the build's plan holds it; None in a published dataset, which has no plan."""
    return planned_problems(folder, {problem_id}).get(problem_id)


def planned_problems(folder: Path, wanted: AbstractSet[str]) -> dict[str, Problem]:
    """Those of the problems that the build's plan holds, by id."""
    found: dict[str, Problem] = {}
    plan = planned_in(folder / "work")
    for path in sorted(plan.glob("chunk-*.jsonl")) if plan else ():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if len(found) == len(wanted):
                    return found
                written = json.loads(line)["problem"]
                if written["id"] in wanted:
                    found[written["id"]] = Problem(**written)
    return found
