"""Shards: the chunks' tables, one after another in problem order, as the files of the dataset."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.chunks import ChunkResult
from pipelines.files import sha256_of
from pipelines.plan import Plan, read_dropped
from pipelines.tables import read_file, slices, write_rows, write_tables
from schemas.arrow import TABLES, to_table
from schemas.manifest import DataFile

SHARD_ROWS = 100_000
"""Most rows of a shard: at 2-4 kB a row some 300 MB before compression, as the Hub's viewer likes."""


def write_shards(out: Path, chunks: Sequence[ChunkResult], tables: Sequence[str]) -> list[DataFile]:
    """Write `data/<table>/<split>-*.parquet`; a table without any row gets an empty train shard."""
    data, partial = out / "data", out / ".data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    files: list[DataFile] = []
    for table in tables:
        splits = sorted({n.split(".")[1] for c in chunks for n in c.files if n.startswith(f"{table}.")})
        for split in splits or ["train"]:
            files += _write_split(out, partial, chunks, table, split)
    shutil.rmtree(data, ignore_errors=True)
    partial.replace(data)
    return files


def _write_split(
    out: Path, partial: Path, chunks: Sequence[ChunkResult], table: str, split: str
) -> list[DataFile]:
    sources = [Path(c.folder, f"{table}.{split}.parquet") for c in chunks]
    sources = [path for path in sources if path.is_file()]
    rows = sum(_rows_in(path) for path in sources)
    shards = max(1, -(-rows // SHARD_ROWS))
    (partial / table).mkdir(parents=True, exist_ok=True)
    parts = slices((read_file(path) for path in sources), SHARD_ROWS)
    files = []
    for number in range(shards):
        name = f"{split}-{number:05d}-of-{shards:05d}.parquet"
        path = partial / table / name
        written = write_tables(path, table, next(parts, [to_table(table, [])]))
        relative = (Path("data") / table / name).as_posix()
        files.append(DataFile(relative, table, split, written, path.stat().st_size, sha256_of(path)))
    return files


def _rows_in(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def write_dropped(out: Path, plan: Plan, chunks: Sequence[ChunkResult]) -> None:
    """Write `dropped/planning.parquet` and `dropped/<chunk>.parquet`."""
    folder = out / "dropped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_rows(folder / "planning.parquet", "dropped", [asdict(d) for d in read_dropped(plan)])
    for chunk in chunks:
        source = Path(chunk.folder)
        if (source / "dropped.parquet").is_file():
            shutil.copyfile(source / "dropped.parquet", folder / f"{source.name}.parquet")


def tables_of(kinds: set[str]) -> list[str]:
    """Tables a build with recipes of these kinds has, in the order of the card."""
    return [t for t in TABLES if t == "attempts" or t in kinds]
