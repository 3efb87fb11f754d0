"""Whether two answers agree when their numbers are rounded to so many decimals. Runs in a worker process only."""

from typing import Any

import mpmath

from filters.verify.math.numeric_value import DIGITS, NoValue, Point, value
from filters.verify.math.second_opinion import same_kind

Node = Any
"""A sympy expression, set or matrix; sympy is not typed."""


def rounds_alike(one: Node, other: Node, places: int) -> bool | None:
    """Whether two numbers, or all members of two answers of one shape, agree to so many decimals."""
    with mpmath.workdps(DIGITS + 15):
        return _round_alike(one, other, places)


def _round_alike(one: Node, other: Node, places: int) -> bool | None:
    import sympy

    one, other = same_kind(one, other)
    members: list[tuple[Node, Node]]
    if isinstance(one, sympy.MatrixBase | sympy.Tuple | sympy.FiniteSet) and type(one) is type(other):
        if isinstance(one, sympy.MatrixBase) and one.shape != other.shape:
            return False
        ones, others = list(one), list(other)
        if len(ones) != len(others):
            return False
        members = list(zip(ones, others, strict=True))
    elif isinstance(one, sympy.Interval) and isinstance(other, sympy.Interval):
        members = [(one.start, other.start), (one.end, other.end)]
    else:
        members = [(one, other)]
    try:
        return all(_rounded(a, places) == _rounded(b, places) for a, b in members)
    except (NoValue, AttributeError):
        return None


def _rounded(node: Node, places: int) -> tuple[int, int]:
    if node.free_symbols:
        raise NoValue("a variable")
    number = value(node, Point({}))
    # half a unit goes away from zero, as in school and unlike Python's round
    return tuple(  # type: ignore[return-value]
        int(mpmath.sign(part) * mpmath.floor(abs(part) * 10**places + mpmath.mpf("0.5")))
        for part in (mpmath.re(number), mpmath.im(number))
    )
