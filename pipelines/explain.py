"""`corrigenda explain`: a row, and every record it came from."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule

from generators.solutions import REFERENCE
from pipelines.dataset import find, planned_problem, rows
from pipelines.show import render_row
from schemas.arrow import ROW_TABLES
from schemas.errors import KINDS
from schemas.exceptions import InputError

_LINES = (
    ("recipe", "recipe"),
    ("variant", "variant"),
    ("problem", "problem_id"),
    ("source", "source"),
    ("licence", "licence"),
    ("verified by", "verified_by"),
    ("located by", "located_by"),
    ("policy", "policy"),
    ("teacher", "teacher"),
    ("texts by", "written_by"),
)


def explain(wanted: str, folder: Path, console: Console | None = None) -> None:
    """Print the row with this id, then its parents. InputError where there is no such row."""
    console = console or Console(highlight=False)
    found = find(folder, wanted)
    if found is None:
        raise InputError(f"no row or attempt in {folder} has the id {wanted!r}; ids are in the column `id`")
    table, row = found
    labels = console.color_system is None
    console.print(Rule(f"{table} row {row['id']}"))
    for label, column in _LINES:
        if row[column]:
            console.print(f"{label:12} {row[column]}", markup=False)
    kind = KINDS.get(row["error_kind"])
    if kind:
        console.print(f"{'error kind':12} {kind.slug}: {kind.definition}", markup=False)
    console.print()
    console.print(render_row(table, row, labels))
    _problem(row, folder, console)
    for parent in row["parents"]:
        if parent != REFERENCE:
            _parent(parent, folder, labels, console)
    if table == "attempts":
        _children(row, folder, console)


def _problem(row: dict[str, Any], folder: Path, console: Console) -> None:
    """The problem, and its reference solution where the row is made of it or the plan still has it."""
    problem = planned_problem(folder, row["problem_id"])
    uses = REFERENCE in row["parents"]
    console.print(Rule(f"problem {row['problem_id']}"))
    if problem is None:
        console.print(
            "the plan of the build is not here" + (", nor the reference solution it used" * uses),
            markup=False,
        )
        return
    console.print(problem.statement, markup=False)
    console.print(f"answer: {problem.answer}", markup=False)
    if problem.solution:
        role = "parent: reference solution" if uses else "reference solution"
        console.print(f"{role}:\n{problem.solution}\n", markup=False)


def _parent(parent: str, folder: Path, labels: bool, console: Console) -> None:
    found = find(folder, parent)
    if found is None:
        console.print(Rule(f"parent {parent}: not in this dataset"))
        return
    table, row = found
    how = "injected into an attempt of" if row["origin"] == "injected" else "sampled from"
    sampled = f"{how} {row['model']}"
    console.print(Rule(f"parent: attempt {parent}"))
    console.print(f"{sampled}, sample {row['index']}, {row['sampling'] or 'from a file'}", markup=False)
    if row["recipe"]:
        console.print(f"asked for by {row['recipe']} ({row['variant']})", markup=False)
    console.print(render_row(table, row, labels))
    for before in row["parents"]:
        if before != REFERENCE:
            _parent(before, folder, labels, console)


def _children(attempt: dict[str, Any], folder: Path, console: Console) -> None:
    """Rows made of an attempt."""
    for table in ROW_TABLES:
        if not (folder / "data" / table).is_dir():
            continue
        for row in rows(folder, table, {"problem_id": attempt["problem_id"]}):
            if attempt["id"] in row["parents"]:
                console.print(
                    f"became {table} row {row['id']} ({row['recipe']} {row['variant']})", markup=False
                )
