"""A side of a comparison: one version's manifest and tables, read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from pipelines.diff.difference import Version
from pipelines.diff.frames import read_rows, read_statements
from schemas.arrow import TABLES
from schemas.exceptions import InputError
from schemas.manifest import CellCount, DataFile, GateResult, Manifest

R = TypeVar("R")


@dataclass(frozen=True)
class Side:
    """A finished dataset. Frames are as `pipelines.diff.frames` makes them, by table."""

    folder: Path
    label: str
    manifest: Manifest
    tables: dict[str, pl.DataFrame]
    statements: pl.DataFrame
    unknown_tables: tuple[str, ...] = ()

    @cached_property
    def dropped_files(self) -> list[Path]:
        """Shards of what did not become a row; none where they were not published."""
        return sorted((self.folder / "dropped").glob("*.parquet"))

    @cached_property
    def problems(self) -> pl.DataFrame:
        """`problem_id`, `split` of every problem that has a row, once for each split it stands in, and its `rows`."""
        parts = [frame.select("problem_id", "split") for frame in self.tables.values()]
        rows = pl.concat([pl.DataFrame(schema={"problem_id": pl.String, "split": pl.String}), *parts])
        return rows.group_by("problem_id", "split", maintain_order=True).len("rows")

    @cached_property
    def attempts(self) -> pl.DataFrame:
        """The attempts table."""
        return self.tables["attempts"]

    @cached_property
    def own_attempts(self) -> pl.DataFrame:
        """Attempts that no recipe asked for: what the policy does."""
        return self.attempts.filter(pl.col("recipe") == "")

    @cached_property
    def policies(self) -> set[str]:
        """Fingerprints of models and samplings that its attempts are of."""
        named = {model["id"] for model in self.manifest.models.values() if "id" in model}
        return named | {p for frame in self.tables.values() for p in frame["policy"].unique() if p}

    @cached_property
    def teachers(self) -> set[str]:
        """Fingerprints of the teachers that wrote in its rows."""
        return {t for frame in self.tables.values() for t in frame["teacher"].unique() if t}

    @cached_property
    def recipes(self) -> dict[str, Mapping[str, Any]]:
        """The options of every recipe of its config."""
        return {str(recipe["type"]): recipe for recipe in self.manifest.config.get("recipes", ())}

    def version(self) -> Version:
        """What names it."""
        return Version(
            label=self.label
            or f"{self.manifest.name} {self.manifest.build_id or self.manifest.config_digest[:12]}",
            name=self.manifest.name,
            version=self.manifest.version,
            format_version=self.manifest.format_version,
            build_id=self.manifest.build_id,
            config_digest=self.manifest.config_digest,
            problems=self.problems["problem_id"].n_unique(),
            has_dropped=bool(self.dropped_files),
        )


def read_side(folder: Path, label: str) -> Side:
    """Read a finished dataset; `work/` is not looked at. InputError where it is none, or not whole."""
    manifest = _manifest(folder)
    files: dict[str, list[tuple[str, Path]]] = {table: [] for table in TABLES}
    for file in manifest.files:
        path = folder / file.path
        if ".." in Path(file.path).parts or not path.is_file():
            raise InputError(f"{folder} is not whole: manifest.json names {file.path!r}, which is not there")
        files.setdefault(file.table, []).append((file.split, path))
    tables = {table: read_rows(table, files[table]) for table in TABLES}
    user = str(manifest.config.get("prompt", {}).get("user", "{statement}"))
    statements = read_statements(files["attempts"], user)
    return Side(folder, label, manifest, tables, statements, tuple(sorted(files.keys() - set(TABLES))))


def _manifest(folder: Path) -> Manifest:
    """The manifest, with what a newer version of the format may have added left out."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError(
            f"{folder} is no finished dataset: it has no manifest.json; name the folder that `corrigenda build --out` "
            "wrote, ORG/NAME or ORG/NAME@REVISION"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(_known(DataFile, file) for file in content["files"])
        targets = tuple(_known(CellCount, cell) for cell in content.get("targets", ()))
        gates = tuple(_known(GateResult, gate) for gate in content.get("gates", ()))
        return _known(Manifest, {**content, "files": files, "targets": targets, "gates": gates})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} cannot be read as a manifest: {type(error).__name__}: {error}") from None


def _known(record: type[R], content: Mapping[str, Any]) -> R:
    names = {f.name for f in fields(record)}  # type: ignore[arg-type]
    return record(**{name: value for name, value in content.items() if name in names})
