"""When two cells of results are equal.

NULL equals NULL and NaN equals NaN. Numbers are compared by value whatever their types: exactly between
integers and decimals, within a tolerance where one is a float. A boolean is no number. Texts and blobs are
compared exactly. Lists and structs cell by cell.
"""

import math
from collections.abc import Hashable, Iterator
from decimal import Decimal

from filters.verify.sql.values import Cell

ABSOLUTE = 1e-12
"""Two numbers closer than this are equal where one is a float: 0.1 + 0.2 - 0.3 is 5.6e-17, not 0."""


def key(cell: Cell) -> Hashable:
    """Equal for two cells that are exactly equal, whatever the types of their numbers."""
    if isinstance(cell, tuple):
        return ("list", *map(key, cell))
    if isinstance(cell, bool):
        return ("boolean", cell)
    if isinstance(cell, float | Decimal) and math.isnan(cell):
        return ("number", "nan")
    if isinstance(cell, int | float | Decimal):
        return ("number", cell)  # Python's numbers compare and hash by exact value
    return (type(cell).__name__, cell)


def shape(cell: Cell) -> Hashable:
    """The key with every finite number left out: rows of different shape cannot be equal."""
    if isinstance(cell, tuple):
        return ("list", *map(shape, cell))
    return ("number",) if _is_finite(cell) else key(cell)


def numbers(cell: Cell) -> Iterator[int | float | Decimal]:
    """The finite numbers in a cell, in order."""
    if isinstance(cell, tuple):
        for one in cell:
            yield from numbers(one)
    elif _is_finite(cell):
        yield cell


def close(one: int | float | Decimal, other: int | float | Decimal, tolerance: float) -> bool:
    """Whether two finite numbers are equal, within the tolerance where one is a float."""
    if one == other:
        return True
    if not isinstance(one, float) and not isinstance(other, float):
        return False
    try:
        return math.isclose(float(one), float(other), rel_tol=tolerance, abs_tol=ABSOLUTE)
    except OverflowError:
        return False


def equal(one: Cell, other: Cell, tolerance: float) -> bool:
    """Whether two cells are equal."""
    if key(one) == key(other):
        return True
    if shape(one) != shape(other):
        return False
    return all(close(a, b, tolerance) for a, b in zip(numbers(one), numbers(other), strict=True))


def _is_finite(cell: Cell) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return False
    return isinstance(cell, int) or math.isfinite(cell)
