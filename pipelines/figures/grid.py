"""A table for people, before it is Markdown or HTML."""

from collections.abc import Iterable
from dataclasses import dataclass


class Code(str):
    """A slug or a name as the data holds it."""

    __slots__ = ()


class Share(float):
    """A part of a whole, 0 to 1."""

    __slots__ = ()

    def __str__(self) -> str:
        """In percent; what is not nothing does not become 0 %, what is not all not 100 %."""
        if 0 < self < 0.005:
            return "<1 %"
        if 0.995 <= self < 1:
            return ">99 %"
        return f"{float(self):.0%}".replace("%", " %")


Cell = str | int | Share | Code | None


@dataclass(frozen=True)
class Grid:
    """Header, rows and a sentence above them."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)


def grid(header: Iterable[str], rows: Iterable[Iterable[Cell]], title: str = "", note: str = "") -> Grid:
    """A grid of any iterables; columns whose cells are all empty are left out."""
    names, cells = tuple(header), [tuple(row) for row in rows]
    used = [i for i in range(len(names)) if i == 0 or any(row[i] not in (None, "") for row in cells)]
    return Grid(tuple(names[i] for i in used), tuple(tuple(r[i] for i in used) for r in cells), title, note)


def shown(cell: Cell) -> str:
    """A cell as text: numbers with thousands separators, nothing for None."""
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def share(part: int, whole: int) -> Share | None:
    """A part of a whole; nothing of nothing is nothing."""
    return Share(part / whole) if whole else None


def numeric(cells: Iterable[Cell]) -> bool:
    """Whether a column stands to the right: numbers, shares, and gaps between them."""
    return all(cell is None or isinstance(cell, (int, Share)) for cell in cells)
