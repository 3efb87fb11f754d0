"""Shards: the chunks' tables, one after another in problem order, as the files of the dataset."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.chunk_result import ChunkResult
from pipelines.files import sha256_of
from pipelines.plan import Plan, read_dropped
from pipelines.row_groups import row_groups
from pipelines.selection import Selection
from pipelines.tables import read_file, write_groups, write_rows
from schemas.arrow import ROW_TABLES, TABLES
from schemas.dropped import Dropped
from schemas.manifest import DataFile

SHARD_ROWS = 100_000
"""Rows that fill a shard: at 2-4 kB a row some 300 MB before compression, as the Hub's viewer likes."""

MOST_SHARDS = 25
"""Shards of a split; above, their rows are doubled. A version is one commit, and the Hub advises 100 files for one."""


def write_shards(
    out: Path, chunks: Sequence[ChunkResult], tables: Sequence[str], chosen: Selection
) -> list[DataFile]:
    """Write `data/<table>/<split>-*.parquet`, rows that are out left out; a table without any row gets an
    empty train shard."""
    data, partial = out / "data", out / ".data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    files: list[DataFile] = []
    for table in tables:
        splits = sorted({n.split(".")[1] for c in chunks for n in c.files if n.startswith(f"{table}.")})
        for split in splits or ["train"]:
            files += _write_split(out, partial, chunks, table, split, chosen)
    shutil.rmtree(data, ignore_errors=True)
    partial.replace(data)
    return files


def _write_split(
    out: Path, partial: Path, chunks: Sequence[ChunkResult], table: str, split: str, chosen: Selection
) -> list[DataFile]:
    # What a chunk says it has must be there: what is gone is an error, and never a dataset without it.
    name = f"{table}.{split}.parquet"
    sources = [Path(chunk.folder, name) for chunk in chunks if name in chunk.files]
    groups = row_groups(_left(read_file(path), chosen) for path in sources)
    (partial / table).mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, int]] = []
    size = shard_rows(sum(pq.read_metadata(path).num_rows for path in sources))
    for shard in _shards(groups, size):
        path = partial / table / f"{split}-{len(written):05d}.parquet"
        written.append((path, write_groups(path, table, shard)))
    files = []
    for path, rows in written or [_empty(partial, table, split)]:
        place = path.rename(path.with_stem(f"{path.stem}-of-{max(1, len(written)):05d}"))
        relative = (Path("data") / table / place.name).as_posix()
        files.append(DataFile(relative, table, split, rows, place.stat().st_size, sha256_of(place)))
    return files


def shard_rows(rows: int) -> int:
    """Rows that fill a shard of a split with so many."""
    size = SHARD_ROWS
    while rows > MOST_SHARDS * size:
        size *= 2
    return size


def _shards(groups: Iterator[pa.Table], size: int) -> Iterator[Iterator[pa.Table]]:
    """Row groups shard by shard, each to be used up before the next. A shard ends with the row group that fills it:
    rows put in before it hardly ever change which, so the shards behind stay the files they are."""
    for first in groups:
        yield _shard(first, groups, size)


def _shard(first: pa.Table, groups: Iterator[pa.Table], size: int) -> Iterator[pa.Table]:
    rows = first.num_rows
    yield first
    while rows < size and (group := next(groups, None)) is not None:
        rows += group.num_rows
        yield group


def _empty(partial: Path, table: str, split: str) -> tuple[Path, int]:
    path = partial / table / f"{split}-00000.parquet"
    return path, write_groups(path, table, [])


def _left(table: pa.Table, chosen: Selection) -> pa.Table:
    """The rows of a table that are not out."""
    if not chosen.out:
        return table
    return table.filter([value not in chosen.out for value in table["id"].to_pylist()])


def write_dropped(out: Path, plan: Plan, chunks: Sequence[ChunkResult], chosen: Selection) -> None:
    """Write `dropped/planning.parquet`, `dropped/<chunk>.parquet` and `dropped/selection.parquet`."""
    folder = out / "dropped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_rows(folder / "planning.parquet", "dropped", [asdict(d) for d in read_dropped(plan)])
    for chunk in chunks:
        source = Path(chunk.folder)
        if "dropped.parquet" in chunk.files:
            shutil.copyfile(source / "dropped.parquet", folder / f"{source.name}.parquet")
    if chosen.out:
        write_rows(folder / "selection.parquet", "dropped", [*_not_chosen(chunks, chosen)])


def _not_chosen(chunks: Sequence[ChunkResult], chosen: Selection) -> Iterator[dict[str, Any]]:
    """Rows that caps and targets left out, whole, with the reason."""
    for chunk in chunks:
        for name in sorted(chunk.files):
            if name.partition(".")[0] not in ROW_TABLES:
                continue
            table = read_file(Path(chunk.folder, name))
            for row in table.filter([value in chosen.out for value in table["id"].to_pylist()]).to_pylist():
                yield asdict(
                    Dropped(
                        stage="selection",
                        reason=chosen.out[row["id"]],
                        problem_id=row["problem_id"],
                        recipe=row["recipe"],
                        content=json.dumps(row, ensure_ascii=False, sort_keys=True),
                    )
                )


def tables_of(kinds: set[str]) -> list[str]:
    """Tables a build with recipes of these kinds has, in the order of the card."""
    return [t for t in TABLES if t == "attempts" or t in kinds]
