"""Masks explained, with a real row of every recipe."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from generators.recipes.base import Recipe
from pipelines.card.markdown import fenced, plain
from pipelines.dataset import rows_at
from pipelines.figures.choice import typical
from pipelines.figures.columns import Columns
from pipelines.segments import Piece, Turn, turns
from schemas.manifest import Manifest

LINES = 18
"""Lines of a row before the rest is left out."""

_WIDTH = 600
"""Characters of a line before its rest is left out."""

_EXPLAINED = (
    "`spans` cut every assistant message into stretches by kind, each with its loss weight: 0 is masked (the "
    "text stands in "
    "the context and is not learnt), 1 is learnt, another number is a weighted loss. Offsets are half-open "
    "and count code "
    "points. Below, `[kind]` begins a learnt stretch and `[kind, masked]` a masked one; what the user says "
    "is never learnt. "
    "The end-of-turn token belongs to the last stretch."
)


def masks(out: Path, manifest: Manifest, recipes: Sequence[Recipe], columns: Columns) -> list[str]:
    """The section's lines: the shortest typical row of each recipe, as the data holds it."""
    places = typical(recipes, columns)
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for table in columns.frames:
        wanted = sorted(place for name, place in places.values() if name == table)
        files = [out / f.path for f in manifest.files if f.table == table]
        found.update(zip(((table, place) for place in wanted), rows_at(files, wanted), strict=True))
    lines = ["## Masks, with a row of each recipe", "", _EXPLAINED, ""]
    for recipe in recipes:
        if recipe.name in places:
            table, place = places[recipe.name]
            lines += _example(table, found[table, place])
    return lines


def _example(table: str, row: dict[str, Any]) -> list[str]:
    facts = [f"`{row['recipe']}`", row["variant"], table, row["error_kind"], row["verified_by"]]
    title = " · ".join([facts[0], *(plain(fact) for fact in facts[1:] if fact)])
    return [f"**{title}**", "", *fenced(_shortened(drawn(table, row)), "text"), ""]


def drawn(table: str, row: dict[str, Any]) -> str:
    """A row as text, every stretch behind its label."""
    if table == "sft":
        return "\n".join(_turn(turn) for turn in turns(row["messages"], row["spans"]))
    if table == "stepwise":
        return "\n".join([f"user: {row['prompt']}", *_steps(row)])
    parts = [_turn(turn) for turn in turns(row["prompt"])]
    for side in ("chosen", "rejected"):
        for turn in turns(row[side], row[f"{side}_spans"]):
            parts.append(f"{side}:\n{''.join(map(_piece, turn.pieces))}")
    return "\n".join(parts)


def _turn(turn: Turn) -> str:
    gap = "\n" if turn.role == "assistant" else " "
    return f"{turn.role}:{gap}{''.join(map(_piece, turn.pieces))}"


def _piece(piece: Piece) -> str:
    return f"[{piece.label}]{piece.text}" if piece.kind else piece.text


def _steps(row: dict[str, Any]) -> Iterator[str]:
    for step, label, value in zip(row["completions"], row["labels"], row["values"], strict=True):
        known = "" if value is None else f"   ({value:.2f} of continuations end right)"
        yield f"{'+' if label else '-'} {step}{known}"


def _shortened(text: str) -> str:
    lines = [line if len(line) <= _WIDTH else f"{line[:_WIDTH]} …" for line in text.split("\n")]
    if len(lines) <= LINES:
        return "\n".join(lines)
    return "\n".join([*lines[:LINES], f"… {len(lines) - LINES} more lines"])
