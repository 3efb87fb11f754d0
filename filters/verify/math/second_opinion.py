"""Whether two answers differ, by evaluating them: an opinion independent of sympy's simplifier.

`differs` is True where a difference was seen, False where the two agreed wherever they were looked
at, None where nothing can be said. Formulas are compared in 30 digits at fixed rational points, with
real and with principal roots; inequalities and sets by their members, among them every number that
occurs in them, so that `x > 3` and `x \\ge 3` are told apart; equations by a point of one that is not
on the other. True is a proof for formulas, inequalities and sets; False is never one.
Runs in a worker process only.
"""

import random
from collections.abc import Sequence
from typing import Any

import mpmath

from filters.verify.math.membership import is_condition, members_differ
from filters.verify.math.numeric_value import DIGITS, NoValue, Number, Point, value

Node = Any
"""A sympy expression, set, matrix or relation; sympy is not typed."""

GAP = 1e-20
"""Relative difference above which two values of 30 digits differ."""

FLOAT_GAP = 1e-9
"""The same where a decimal occurs: sympy keeps 15 digits of those."""

CLOSE = 2e-2
"""Two constants nearer than this, one of them a decimal, may be one number, rounded."""

POINTS = 5
"""Points at which formulas are compared; the first two have positive coordinates only."""


def differs(one: Node, other: Node) -> bool | None:
    """True: a difference was seen; False: none was; None: cannot say."""
    with mpmath.workdps(DIGITS + 15):
        return _differ(one, other)


def _differ(one: Node, other: Node) -> bool | None:
    import sympy

    one, other = same_kind(one, other)
    if isinstance(one, sympy.MatrixBase) and isinstance(other, sympy.MatrixBase):
        return one.shape != other.shape or any_differs(list(one), list(other))
    if isinstance(one, sympy.Tuple) and isinstance(other, sympy.Tuple):
        return len(one) != len(other) or any_differs(list(one), list(other))
    if isinstance(one, sympy.Expr) and isinstance(other, sympy.Expr):
        return formulas_differ(one, other)
    if isinstance(one, sympy.FiniteSet) and isinstance(other, sympy.FiniteSet):
        return _unordered_differ(list(one.args), list(other.args))
    if isinstance(one, sympy.Interval) and isinstance(other, sympy.Interval):
        ends = (one.left_open, one.right_open) != (other.left_open, other.right_open)
        return bool(ends) or any_differs([one.start, one.end], [other.start, other.end])
    if isinstance(one, sympy.Equality) and isinstance(other, sympy.Equality):
        return _equations_differ(one, other)
    if is_condition(one) and is_condition(other):
        return members_differ(one, other)
    return None


def same_kind(one: Node, other: Node) -> tuple[Node, Node]:
    """Both as what is compared: `x = 5` against `5` is compared by value; sets in `x \\in S` likewise."""
    import sympy

    def inner(node: Node, mate: Node) -> Node:
        if isinstance(node, sympy.FiniteSet) and len(node) == 1 and not isinstance(mate, sympy.Set):
            node = node.args[0]
        if isinstance(node, sympy.Equality) and not isinstance(mate, sympy.Equality):
            named = node.lhs.is_Symbol or isinstance(node.lhs, sympy.Function)
            return node.rhs if named else node
        return node

    return inner(one, other), inner(other, one)


def any_differs(ones: Sequence[Node], others: Sequence[Node]) -> bool | None:
    """Pair by pair: True if any differs, None if any cannot be told, else False."""
    found = [differs(a, b) for a, b in zip(ones, others, strict=True)]
    if True in found:
        return True
    return None if None in found else False


def _unordered_differ(ones: list[Node], others: list[Node]) -> bool | None:
    doubt = False
    for left, right in ((ones, others), (others, ones)):
        for node in left:
            found = [differs(node, mate) for mate in right]
            if False in found:
                continue
            if None not in found:
                return True
            doubt = True
    return None if doubt else False


def formulas_differ(one: Node, other: Node) -> bool | None:
    """Whether two formulas differ as numbers when their variables are given values."""
    import sympy

    if sympy.oo in (one, other) or -sympy.oo in (one, other):
        return bool(one != other)
    names = {symbol.name for symbol in one.free_symbols | other.free_symbols}
    if "e" in names:
        return None  # a constant or a variable
    mine, theirs = one.free_symbols - other.free_symbols, other.free_symbols - one.free_symbols
    if len(mine) == len(theirs) == 1:
        renamed = other.xreplace({next(iter(theirs)): next(iter(mine))})
        return None if formulas_differ(one, renamed) is not True else True  # `2\\pi k` and `2\\pi n`
    floats = bool(one.atoms(sympy.Float) | other.atoms(sympy.Float))
    opinions = [_differ_at(one, other, sorted(names - {"i"}), floats, real) for real in (True, False)]
    if False in opinions:
        return False if opinions == [False, False] or True not in opinions else None
    return True if opinions == [True, True] else None


def _differ_at(one: Node, other: Node, names: list[str], floats: bool, real: bool) -> bool | None:
    """Over all points: True if they differ already where all is positive, False if nowhere."""
    seen: list[bool] = []
    for number in range(POINTS if names else 1):
        try:
            gap, size = _gap(one, other, _point(names, number, real))
        except NoValue:
            continue
        if floats and not names and 0 < gap < CLOSE * size:
            return None
        seen.append(gap > (FLOAT_GAP if floats else GAP) * max(size, 1e-3 if floats else 1e-9 * size))
        if number < 2 and seen[-1]:
            return True
    # different at negative values alone: `\sqrt{x^2}` and `x`, a question of what x may be
    return None if not seen or True in seen else False


def _gap(one: Node, other: Node, point: Point) -> tuple[Number, Number]:
    first, second = value(one, point), value(other, point)
    return abs(first - second), max(abs(first), abs(second))


def _point(names: list[str], number: int, real: bool) -> Point:
    chance = random.Random(f"corrigenda {number}")
    values: dict[str, Number] = {}
    for name in names:
        drawn = mpmath.mpf(chance.randrange(1000, 30_000)) / 9973
        # an index or a sum's end is a whole number: the last points are
        if number == POINTS - 1 or name in ("n", "k", "m"):
            drawn = mpmath.mpf(chance.randrange(3, 9))
        values[name] = -drawn if number in (2, 3) and chance.random() < 0.5 else drawn
    return Point(values, real)


def _equations_differ(one: Node, other: Node) -> bool | None:
    """Whether a point of one equation is off the other; for equations linear in a variable."""
    if one.lhs.is_Symbol and one.lhs == other.lhs:
        return differs(one.rhs, other.rhs)
    sides = [equation.lhs - equation.rhs for equation in (one, other)]
    names = sorted({s.name for s in one.free_symbols | other.free_symbols})
    doubt = False
    for first, second in (sides, sides[::-1]):
        found = [_off(first, second, name, names) for name in names]
        if True in found:
            return True
        doubt = doubt or False not in found
    return None if doubt else False


def _off(equation: Node, other: Node, name: str, names: list[str]) -> bool | None:
    """Whether the solution for one variable, at random values of the rest, misses the other equation."""
    # small values, so that a circle has points there
    point = Point({n: v / 20 for n, v in _point(names, 1, True).values.items()})
    try:
        roots = _real_roots([value(equation, point.with_value(name, mpmath.mpf(x))) for x in (0, 1, -1, 3)])
        if not roots:
            return None
        return any(abs(value(other, point.with_value(name, root))) > 1e-15 for root in roots)
    except (NoValue, ZeroDivisionError):
        return None


def _real_roots(at: list[Number]) -> list[Number]:
    """Real zeros of a function that is linear or quadratic, from its values at 0, 1, -1 and 3."""
    square, linear, free = (at[1] + at[2]) / 2 - at[0], (at[1] - at[2]) / 2, at[0]
    size = sum(abs(a) for a in at)
    if abs(9 * square + 3 * linear + free - at[3]) > 1e-25 * size:
        return []  # of a higher degree
    if abs(square) <= 1e-25 * size:
        return [-free / linear] if abs(linear) > 1e-25 * size else []
    inside = linear * linear - 4 * square * free
    if mpmath.im(inside) or inside < 0:
        return []
    return [(-linear + sign * mpmath.sqrt(inside)) / (2 * square) for sign in (1, -1)]
