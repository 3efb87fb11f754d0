"""Pieces of HTML. Whatever is not made here goes through `text`, which escapes it."""

import html
import re
from collections.abc import Iterable

from pipelines.figures.grid import Cell, Code, Grid, numeric, shown

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")

LONG = 15
"""Rows from which on a table is folded."""


def text(value: str) -> str:
    """Any text as HTML: no tag, no entity and no attribute's end can come of it."""
    return html.escape(_CONTROL.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n")))


def code(value: str) -> str:
    """A name of the data."""
    return f"<code>{text(value)}</code>" if value else ""


def sentence(said: str) -> str:
    """A sentence of our own in which names of the data stand between backticks."""
    parts = said.split("`")
    if len(parts) % 2 == 0:
        return text(said)
    return "".join(text(part) if i % 2 == 0 else code(part) for i, part in enumerate(parts))


def table(grid: Grid) -> str:
    """A table under its title, folded where it is long; nothing where it has no rows."""
    if not grid:
        return ""
    right = [numeric(row[i] for row in grid.rows) for i in range(len(grid.header))]
    head = "".join(
        _cell("th", text(name), to_right) for name, to_right in zip(grid.header, right, strict=True)
    )
    lines = [
        "".join(_cell("td", _value(cell), to_right) for cell, to_right in zip(row, right, strict=True))
        for row in grid.rows
    ]
    whole = (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{_rows(lines)}</tbody></table></div>'
    )
    note = f"<p>{sentence(grid.note)}</p>" if grid.note else ""
    if len(grid.rows) >= LONG:
        whole = f"<details><summary>{len(grid.rows)} lines</summary>{whole}</details>"
    return f"<h3>{text(grid.title)}</h3>{note}{whole}\n"


def _rows(lines: Iterable[str]) -> str:
    return "".join(f"<tr>{line}</tr>\n" for line in lines)


def _cell(tag: str, content: str, to_right: bool) -> str:
    return f'<{tag} class="n">{content}</{tag}>' if to_right else f"<{tag}>{content}</{tag}>"


def _value(cell: Cell) -> str:
    return code(cell) if isinstance(cell, Code) else text(shown(cell))
