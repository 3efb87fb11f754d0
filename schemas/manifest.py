"""The manifest: what a finished build is. Written last, so that its existence means finished."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the dataset; `path` is relative to the build's folder."""

    path: str
    table: str
    split: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CellCount:
    """How many rows of a sort were asked for, and how many there are."""

    cell: str
    asked: int
    got: int


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a quality gate of the config found; a build with one that did not pass is not published."""

    gate: str
    passed: bool
    said: str
    """What was wanted and what there is, in one sentence for people."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What it measured, by slug."""
    findings: tuple[str, ...] = ()
    """The first rows, cells or problems it objects to, each with the reason."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The config that was built, the files, the counts of the funnel, and what it ran with.

    `counts` are flat slugs (`attempts.wrong`, `kept.lemma`, `dropped.truth.right_side_fails`);
    `error_kinds` counts the wrong attempts by source, difficulty and kind of mistake;
    `spent` holds seconds, completions bought and replayed, and tokens, of the run that wrote it and, as
    `total_*`, of all runs of the build; `incidents` counts what went wrong with the engines and was dealt with
    in that run; `stopped` names the limit of the budget that left cases out. Secrets never reach it: configs
    cannot hold any.
    """

    name: str
    format_version: str
    version: str
    config: Mapping[str, Any]
    config_digest: str
    files: tuple[DataFile, ...]
    counts: Mapping[str, int]
    models: Mapping[str, Mapping[str, str]]
    spent: Mapping[str, float]
    packages: Mapping[str, str]
    incidents: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""
    error_kinds: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    targets: tuple[CellCount, ...] = ()
    gates: tuple[GateResult, ...] = ()
    build_id: str = ""
    """Hash of what decides the rows: config, inputs, models and code. Runs that go on with a build keep it."""

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Manifest":
        """The manifest that `as_json` wrote."""
        files = tuple(DataFile(**f) for f in content["files"])
        targets = tuple(CellCount(**c) for c in content.get("targets", ()))
        gates = tuple(
            GateResult(**{**g, "findings": tuple(g.get("findings", ()))}) for g in content.get("gates", ())
        )
        return cls(**{**content, "files": files, "targets": targets, "gates": gates})
