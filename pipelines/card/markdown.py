"""Markdown as the Hub renders it (CommonMark with tables), safe for any text."""

import re
from collections.abc import Iterable

from pipelines.figures.grid import Cell, Code, Grid, numeric, shown

_SPECIAL = re.compile(r"([\\`*\[\]<>#|~&$]|(?<![a-zA-Z0-9])_|_(?![a-zA-Z0-9]))")
"""What may begin markup; an underscore within a word does not."""
_SPACE = re.compile(r"\s+")
_TICKS = re.compile("`+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

LONG = 15
"""Rows from which on a table is folded: a card is read from its top."""


def plain(text: str) -> str:
    """Any text as one line that Markdown leaves as it is."""
    return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", _CONTROL.sub("\ufffd", text)).strip())


def code(text: str) -> str:
    """Any text as inline code; for a table's cell see `cell`."""
    text = _SPACE.sub(" ", _CONTROL.sub("\ufffd", text)).strip()
    if not text:
        return ""
    ticks = "`" * (max((len(run) for run in _TICKS.findall(text)), default=0) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def cell(value: Cell) -> str:
    """A cell's text."""
    # In a table a bar ends the cell even within code; a backslash before it is taken away there.
    return code(value).replace("|", "\\|") if isinstance(value, Code) else plain(shown(value))


def table(grid: Grid) -> list[str]:
    """The lines of a table, folded where it is long; none where it has no rows."""
    if not grid:
        return []
    right = [numeric(row[i] for row in grid.rows) for i in range(len(grid.header))]
    lines = [
        _line(map(plain, grid.header)),
        _line("---:" if to_right else "---" for to_right in right),
        *(_line(map(cell, row)) for row in grid.rows),
    ]
    if len(grid.rows) < LONG:
        return lines
    return ["<details>", f"<summary>{len(grid.rows)} lines</summary>", "", *lines, "", "</details>"]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def fenced(text: str, language: str = "") -> list[str]:
    """A block of text as it is: the fence is longer than any in it."""
    # A carriage return ends a line in Markdown as well.
    text = _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    ticks = "`" * max(3, max((len(run) for run in _TICKS.findall(text)), default=0) + 1)
    return [f"{ticks}{language}", *text.rstrip("\n").split("\n"), ticks]
