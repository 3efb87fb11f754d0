"""Rows for the report with every attempt they came from, walked as `corrigenda explain` walks them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from generators.solutions import REFERENCE
from pipelines.dataset import planned_problems, rows_at
from pipelines.figures.columns import Columns
from pipelines.report.html import code, text
from pipelines.report.segments import clipped, conversation, pieces
from pipelines.segments import attempt_pieces
from schemas.errors import KINDS
from schemas.manifest import Manifest
from schemas.problem import Problem

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Lineage:
    """Attempts by id, and the problems whose own solution a shown row rests on."""

    attempts: Mapping[str, Row]
    problems: Mapping[str, Problem]


def rows_of(out: Path, manifest: Manifest, table: str, places: Iterable[int]) -> dict[int, Row]:
    """Rows of a table by their number."""
    wanted = sorted(set(places))
    files = [out / f.path for f in manifest.files if f.table == table]
    return dict(zip(wanted, rows_at(files, wanted), strict=True))


def lineage_of(out: Path, manifest: Manifest, columns: Columns, rows: Sequence[Row]) -> Lineage:
    """Everything that these rows came from: parents, their parents, and reference solutions."""
    found: dict[str, Row] = {}
    level = list(rows)
    referring = set[str]()
    while level:
        referring.update(row["problem_id"] for row in level if REFERENCE in row["parents"])
        wanted = {p for row in level for p in row["parents"] if p != REFERENCE} - found.keys()
        places = columns.attempts.filter(pl.col("id").is_in(sorted(wanted)))["place"].to_list()
        level = list(rows_of(out, manifest, "attempts", places).values())
        found.update((row["id"], row) for row in level)
    return Lineage(found, planned_problems(out, referring) if referring else {})


def lineage(row: Row, known: Lineage, most: int) -> str:
    """How the row is known to be right, and the exact texts it was made of, folded."""
    kind = KINDS.get(row["error_kind"])
    facts = (
        ("verified by", row["verified_by"]),
        ("located by", row["located_by"]),
        ("error kind", f"{kind.slug}: {kind.definition}" if kind else row["error_kind"]),
        ("mistake", "put in" if row["origin"] == "injected" else ""),
        ("texts by", row["written_by"]),
        ("problem", row["problem_id"]),
        ("source", f"{row['source']} ({row['licence'] or 'licence unknown'})"),
        ("policy", row["policy"]),
        ("teacher", row["teacher"]),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in facts if value)
    parents = _parents(row, known, most, set())
    return (
        f'<details class="lineage"><summary>lineage: {text(row["verified_by"])}, {len(row["parents"])} '
        f"{'parent' if len(row['parents']) == 1 else 'parents'}</summary><dl "
        f'class="facts">{listed}</dl>{parents}</details>'
    )


def _parents(row: Row, known: Lineage, most: int, seen: set[str]) -> str:
    out = []
    for parent in row["parents"]:
        if parent == REFERENCE:
            out.append(_reference(row["problem_id"], known, most))
        elif parent in seen:
            out.append(f'<div class="parent">attempt {code(parent)}: above</div>')
        elif parent in known.attempts:
            seen.add(parent)
            out.append(_attempt(known.attempts[parent], known, most, seen))
        else:
            out.append(f'<div class="parent">attempt {code(parent)}: not in this dataset</div>')
    return "".join(out)


def _reference(problem_id: str, known: Lineage, most: int) -> str:
    problem = known.problems.get(problem_id)
    if problem is None or not problem.solution:
        return '<div class="parent">the problem\'s own solution (not kept with the data)</div>'
    solution = clipped(problem.solution, most)
    return f'<div class="parent">the problem\'s own solution<div class="turn">{solution}</div></div>'


def _attempt(row: Row, known: Lineage, most: int, seen: set[str]) -> str:
    how = "injected into an attempt of" if row["origin"] == "injected" else "sampled from"
    asked = f", asked for by {text(row['recipe'])} ({text(row['variant'])})" if row["recipe"] else ""
    rate = "" if row["pass_rate"] is None else f", pass rate {row['pass_rate']:.2f} of {row['decided']}"
    found = f", first wrong step by {text(row['located_by'])}" if row["located_by"] else ""
    prompt = conversation(row["prompt"], (), most) if row["recipe"] else ""
    return (
        f'<div class="parent">attempt {code(row["id"])}, {how} {code(row["model"])}, sample {row["index"]}{asked}: '
        f"<b>{text(row['verdict'])}</b> ({text(row['reason'])}; answer {code(row['evidence']) or 'none'}{rate}{found})"
        f'{prompt}<div class="turn">{pieces(attempt_pieces(row), most)}</div>{_parents(row, known, most, seen)}</div>'
    )
