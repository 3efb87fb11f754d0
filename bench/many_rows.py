"""Rows by the million: choosing, writing shards, card and report, gates, hashing, looking for chunks again.

    python -m bench.many_rows FOLDER 300000 1000000

FOLDER is a finished build. Its rows are written again and again as chunks' results, under new ids of rows and
problems, until there are as many as asked; each stage is then run on them in a process of its own, as at a build's end.
"""

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.own_process import Report, measured
from generators.recipes.base import RECIPES
from pipelines.card import write_card
from pipelines.chunk_result import ChunkResult
from pipelines.figures.columns import read_columns
from pipelines.gates.base import Examined
from pipelines.gates.masks import Masks
from pipelines.gates.truth import Truth
from pipelines.publish.row_hashes import hash_files
from pipelines.report import write_report
from pipelines.selection import Selection, select
from pipelines.shards import write_shards
from pipelines.store import Store
from pipelines.tables import read_file, write_tables
from pipelines.targets import CapOptions, Cell, TargetOptions
from schemas.arrow import TABLES
from schemas.manifest import DataFile, Manifest

CHUNK_ROWS = 24_000
"""Rows of a chunk's result: those of a chunk of 1,000 GSM8K problems with four answers each and six recipes."""


def tables_of(folder: Path) -> dict[str, pa.Table]:
    """A build's training rows by table."""
    found = {name: sorted((folder / "data" / name).glob("train-*.parquet")) for name in TABLES}
    return {name: pa.concat_tables(map(read_file, files)) for name, files in found.items() if files}


def renamed(table: pa.Table, copy: int) -> pa.Table:
    """The rows under ids of their own."""
    for column in ("id", "problem_id", "parents"):
        at, field = table.schema.get_field_index(column), table.schema.field(column)
        fresh = pa.array([_fresh(old, copy) for old in table[column].to_pylist()], field.type)
        table = table.set_column(at, field, fresh)
    return table


def _fresh(old: Any, copy: int) -> Any:  # noqa: ANN401 - an id, or a list of them
    if isinstance(old, list):
        return [_fresh(one, copy) for one in old]
    return old if old == "reference" else hashlib.sha256(f"{copy}/{old}".encode()).hexdigest()[:20]


def rows_of(tables: dict[str, pa.Table]) -> int:
    """Rows of all tables."""
    return sum(int(table.num_rows) for table in tables.values())


def parts_of(tables: dict[str, pa.Table]) -> int:
    """How many chunks the rows of the build are cut into."""
    return max(1, round(rows_of(tables) / CHUNK_ROWS))


def number_of_chunks(tables: dict[str, pa.Table], rows: int) -> int:
    """How many chunks hold so many rows."""
    return -(-rows * parts_of(tables) // rows_of(tables))


def address_of(number: int) -> str:
    """Where a chunk's result is."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def write_chunks(store: Store, tables: dict[str, pa.Table], addresses: list[str]) -> Iterator[ChunkResult]:
    """Chunks' results: the build's rows over and over."""
    parts = parts_of(tables)
    for number, address in enumerate(addresses):
        copy, part = divmod(number, parts)
        partial, rows = store.begin(address), 0
        for name, table in tables.items():
            start, end = (table.num_rows * at // parts for at in (part, part + 1))
            rows += write_tables(
                partial / f"{name}.train.parquet", name, [renamed(table.slice(start, end - start), copy)]
            )
        yield store.keep(address, partial, {"rows": rows})


def choose(chunks: list[ChunkResult]) -> Report:
    """Half of the rows of every recipe, by targets."""
    folders = [Path(chunk.folder) for chunk in chunks]
    cells = [Cell(origin="policy", rows=1000), Cell(difficulty="hard", rows=1000)]
    chosen = select(folders, TargetOptions(cells=cells, others="drop"), CapOptions())
    return {"out": len(chosen.out)}


def shards(out: Path, chunks: list[ChunkResult], tables: list[str]) -> Report:
    """All rows into shards."""
    files = write_shards(out, chunks, tables, Selection())
    rows = [[f.path, f.table, f.split, f.rows, f.bytes, f.sha256] for f in files]
    (out / "files.json").write_text(json.dumps(rows), encoding="utf-8")
    return {"files": len(files), "mb": round(sum(f.bytes for f in files) / 1e6, 1)}


def manifest_of(out: Path, folder: Path) -> Manifest:
    """The build's manifest, with these shards for its own."""
    files = tuple(DataFile(*row) for row in json.loads((out / "files.json").read_text(encoding="utf-8")))
    known = Manifest.from_json(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    return replace(known, files=files)


def columns(out: Path, folder: Path) -> Report:
    """What card and report are made of."""
    read = read_columns(out, manifest_of(out, folder))
    return {"frame_mb": round(sum(frame.estimated_size() for frame in read.frames.values()) / 1e6, 1)}


def pages(out: Path, folder: Path) -> Report:
    """Columns, card and report."""
    manifest = manifest_of(out, folder)
    recipes = [RECIPES.find(recipe["type"])() for recipe in manifest.config["recipes"]]
    read = read_columns(out, manifest)
    write_card(out, manifest, recipes, read)
    write_report(out, manifest, recipes, read)
    return {"report_kb": round((out / "report.html").stat().st_size / 1e3)}


def gates(out: Path, folder: Path) -> Report:
    """The gates that every build has."""
    dataset = Examined(out, manifest_of(out, folder), out, None, "not looked for here")
    return {gate.name: gate.examine(dataset).passed for gate in (Truth(), Masks(allow_unchecked=True))}


def hashes(out: Path, folder: Path) -> Report:
    """Rows hashed, as publishing does with those that were built and those that come back."""
    files = manifest_of(out, folder).files
    return {"rows_hashed": hash_files(out / file.path for file in files).rows}


def again(store: Store, addresses: list[str]) -> Report:
    """Chunks found again, as the next start of the build does: every byte is hashed."""
    return {"found": sum(store.find(address) is not None for address in addresses)}


def main() -> None:
    """Measure, one JSON object a line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a finished build")
    parser.add_argument("rows", nargs="*", type=int, default=[300_000, 1_000_000])
    arguments = parser.parse_args()
    tables = tables_of(arguments.folder)
    for wanted in arguments.rows:
        with tempfile.TemporaryDirectory() as name:
            store, out = Store(Path(name, "store")), Path(name, "out")
            out.mkdir()
            addresses = [address_of(n) for n in range(number_of_chunks(tables, wanted))]
            chunks = [*write_chunks(store, tables, addresses)]
            rows = sum(chunk.counts["rows"] for chunk in chunks)
            for stage, function, *given in (
                ("shards", shards, out, chunks, [*tables]),
                ("select", choose, chunks),
                ("columns", columns, out, arguments.folder),
                ("pages", pages, out, arguments.folder),
                ("gates", gates, out, arguments.folder),
                ("hashes", hashes, out, arguments.folder),
                ("find", again, store, addresses),
            ):
                report = {"stage": stage, "rows": rows, "chunks": len(chunks)}
                print(json.dumps({**report, **measured(function, *given)}), flush=True)


if __name__ == "__main__":
    main()
