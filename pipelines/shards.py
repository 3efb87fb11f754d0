"""Shards: the chunks' tables, one after another in problem order, as the files of the dataset."""

import itertools
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
from pipelines.selection import Selection
from pipelines.tables import Stream, read_file, write_rows, write_tables
from schemas.arrow import ROW_TABLES, TABLES, to_table
from schemas.dropped import Dropped
from schemas.manifest import DataFile

SHARD_ROWS = 100_000
"""Rows of a shard: at 2-4 kB a row some 300 MB before compression, as the Hub's viewer likes."""

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
    sources = [Path(c.folder, f"{table}.{split}.parquet") for c in chunks]
    sources = [path for path in sources if path.is_file()]
    rows = sum(_rows_in(path, chosen) for path in sources)
    size = shard_rows(rows)
    shards = max(1, -(-rows // size))
    (partial / table).mkdir(parents=True, exist_ok=True)
    left = Stream(_left(read_file(path), chosen) for path in sources)
    files = []
    for number in range(shards):
        name = f"{split}-{number:05d}-of-{shards:05d}.parquet"
        path = partial / table / name
        written = write_tables(path, table, itertools.chain([to_table(table, [])], left.take(size)))
        relative = (Path("data") / table / name).as_posix()
        files.append(DataFile(relative, table, split, written, path.stat().st_size, sha256_of(path)))
    return files


def shard_rows(rows: int) -> int:
    """Most rows of a shard of a split with so many; a multiple of a row group, so that groups stay as they are where
    the size changes."""
    size = SHARD_ROWS
    while rows > MOST_SHARDS * size:
        size *= 2
    return size


def _rows_in(path: Path, chosen: Selection) -> int:
    if chosen.out:
        return int(_left(pq.read_table(path, columns=["id"]), chosen).num_rows)
    return int(pq.read_metadata(path).num_rows)


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
        if (source / "dropped.parquet").is_file():
            shutil.copyfile(source / "dropped.parquet", folder / f"{source.name}.parquet")
    if chosen.out:
        write_rows(folder / "selection.parquet", "dropped", [*_not_chosen(chunks, chosen)])


def _not_chosen(chunks: Sequence[ChunkResult], chosen: Selection) -> Iterator[dict[str, Any]]:
    """Rows that caps and targets left out, whole, with the reason."""
    for chunk in chunks:
        for path in sorted(Path(chunk.folder).glob("*.parquet")):
            if path.name.partition(".")[0] not in ROW_TABLES:
                continue
            table = read_file(path)
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
