"""`corrigenda show`: rows in the terminal, segments coloured by kind, masked text marked.

Mistakes are red, corrections green, talk about them yellow; masked text is struck through. Without
colours (a pipe, NO_COLOR) every segment is labelled `[kind]`, `[kind, masked]` or `[kind, weight 2.5]`.
"""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from pipelines.dataset import spread
from pipelines.segments import LOOKS, Piece, attempt_pieces, turns
from schemas.exceptions import InputError

_COLOURS = {
    "mistake": "red",
    "right": "green",
    "talk": "yellow",
    "false": "magenta",
    "thought": "cyan",
    "spare": "dim",
    "plain": "",
}


def show(folder: Path, table: str, count: int, recipe: str = "", console: Console | None = None) -> None:
    """Print `count` rows of a table, spread over recipes and problems. InputError where there is no such table."""
    console = console or Console(highlight=False)
    if console.color_system is not None:
        console.print(_legend())
    found = list(spread(folder, table, count, recipe))
    if recipe and count and not found:
        raise InputError(f"{table} has no row of a recipe {recipe!r}; `corrigenda recipes` lists them all")
    for row in found:
        console.print(_title(row), style="dim", markup=False, soft_wrap=True)
        console.print(render_row(table, row, labels=console.color_system is None))


def _legend() -> Text:
    return Text.assemble(
        ("mistake", "red"), "  ", ("correction", "green"), "  ", ("reflection, verdict", "yellow"), "  ",
        ("masked: no loss", "strike"), "\n",
    )  # fmt: skip


def _title(row: dict[str, Any]) -> str:
    parts = [row["id"], row["recipe"], row["variant"], row["error_kind"], row["verified_by"]]
    return "── " + " · ".join(p for p in parts if p)


def render_row(table: str, row: dict[str, Any], labels: bool) -> Text:
    """One row as styled text."""
    if table == "sft":
        return _conversation(row["messages"], row["spans"], labels)
    if table == "preference":
        text = _conversation(row["prompt"], [], labels)
        for side in ("chosen", "rejected"):
            text.append(f"\n[{side}]\n", "bold")
            text.append_text(_conversation(row[side], row[f"{side}_spans"], labels))
        return text
    if table == "stepwise":
        return _steps(row)
    return _attempt(row)


def _conversation(messages: list[dict[str, str]], spans: list[dict[str, Any]], labels: bool) -> Text:
    text = Text()
    for turn in turns(messages, spans):
        text.append(f"{turn.role}: ", "bold")
        text.append("\n" if turn.role == "assistant" else "")
        for piece in turn.pieces:
            _segment(text, piece, labels)
        text.append("\n")
    return text


def _segment(text: Text, piece: Piece, labels: bool) -> None:
    if labels and piece.kind:
        text.append(f"[{piece.label}]")
    colour = _COLOURS[LOOKS.get(piece.kind, "plain")]
    text.append(piece.text, " ".join(filter(None, (colour, "strike" if piece.masked else ""))))


def _steps(row: dict[str, Any]) -> Text:
    text = Text.assemble(("user: ", "bold"), row["prompt"], "\n")
    for step, label, value in zip(row["completions"], row["labels"], row["values"], strict=True):
        known = "" if value is None else f"   ({value:.2f} of continuations end right)"
        text.append(f"{'+' if label else '-'} {step}{known}\n", "green" if label else "red")
    return text


def _attempt(row: dict[str, Any]) -> Text:
    text = _conversation(row["prompt"], [], labels=False)
    text.append("assistant: \n", "bold")
    for piece in attempt_pieces(row):
        _segment(text, piece, labels=False)
    rate = "" if row["pass_rate"] is None else f", pass rate {row['pass_rate']:.2f}"
    text.append(f"\n{row['verdict']} ({row['reason']}; answer {row['evidence']!r}{rate})\n", "bold")
    return text
