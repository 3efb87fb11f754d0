"""Inequalities and sets compared by their members: numbers tried one by one.

Every number that occurs in either is tried, so that `x > 3` and `x \\ge 3` are told apart, and some near
them and some anywhere. A number on which they differ is a proof; without one nothing is proven.
Runs in a worker process only.
"""

import random
from typing import Any

import mpmath

from filters.verify.math.numeric_value import NoValue, Number, Point, value

Node = Any
"""A sympy set or relation; sympy is not typed."""

SAMPLES = 60
"""Numbers tried as members of sets and solutions of inequalities."""


def is_condition(node: Node) -> bool:
    """Whether a node is a set of numbers or says something of a number."""
    import sympy

    return isinstance(node, sympy.Set | sympy.core.relational.Relational | sympy.And | sympy.Or)


def members_differ(one: Node, other: Node) -> bool | None:
    """Whether some number, or point, satisfies one condition and not the other."""
    import sympy

    symbols = sorted({s.name for s in one.free_symbols | other.free_symbols})
    floats = bool(one.atoms(sympy.Float) | other.atoms(sympy.Float))
    chance = random.Random("corrigenda")
    ends = _numbers_in(one) | _numbers_in(other)
    tries = sorted(ends | {-e for e in ends}) if not floats else []
    tries += [mpmath.mpf(chance.randrange(-(10**6), 10**6)) / 9973 for _ in range(SAMPLES // 2)]
    tries += [e + sign * step for e in sorted(ends) for sign in (1, -1) for step in (mpmath.mpf("1e-3"), 1)]
    looked = 0
    for number in tries:
        values = {name: chance.choice(tries) if n else number for n, name in enumerate(symbols)}
        try:
            if _holds(one, number, Point(values)) != _holds(other, number, Point(values)):
                return True
            looked += 1
        except (NoValue, TypeError):
            continue
    return False if looked >= SAMPLES // 4 else None


def _numbers_in(node: Node) -> set[Number]:
    """Values of all constant parts: ends of intervals, sides of inequalities."""
    import sympy

    found: set[Number] = set()
    for part in sympy.preorder_traversal(node):
        if isinstance(part, sympy.Expr) and not part.free_symbols and part.is_finite:
            try:
                number = value(part, Point({}))
            except NoValue:
                continue
            if mpmath.im(number) == 0:
                found.add(mpmath.re(number))
    return found


def _holds(node: Node, number: Number, point: Point) -> bool:  # noqa: PLR0911 (one line a kind)
    import sympy

    if isinstance(node, sympy.And | sympy.Intersection):
        return all(_holds(part, number, point) for part in node.args)
    if isinstance(node, sympy.Or | sympy.Union):
        return any(_holds(part, number, point) for part in node.args)
    if isinstance(node, sympy.Complement):
        return _holds(node.args[0], number, point) and not _holds(node.args[1], number, point)
    if node in (sympy.S.Reals, sympy.S.true):
        return True
    if node in (sympy.S.EmptySet, sympy.S.false):
        return False
    if isinstance(node, sympy.FiniteSet):
        return any(abs(_side(part, point) - number) < 1e-20 for part in node.args)
    if isinstance(node, sympy.Interval):
        low, high = _side(node.start, point), _side(node.end, point)
        above = number > low if node.left_open else number >= low
        return bool(above and (number < high if node.right_open else number <= high))
    if isinstance(node, sympy.Equality) and isinstance(node.rhs, sympy.Set):
        return _holds(node.rhs, number, point)  # math-verify's reading of `x \in S`
    left, right = _side(node.lhs, point), _side(node.rhs, point)
    order = -1 if left < right else int(left > right)
    if abs(left - right) < 1e-25 * (abs(left) + abs(right)):
        order = 0
    holds = {
        "<": order < 0,
        "<=": order <= 0,
        ">": order > 0,
        ">=": order >= 0,
        "!=": order != 0,
        "==": not order,
    }
    return holds[node.rel_op]


def _side(node: Node, point: Point) -> Number:
    """A real value, or an infinity."""
    import sympy

    if node in (sympy.oo, -sympy.oo):
        return mpmath.inf if node is sympy.oo else -mpmath.inf
    number = value(node, point)
    if abs(mpmath.im(number)) > 1e-25:
        raise NoValue("not real")
    return mpmath.re(number)
