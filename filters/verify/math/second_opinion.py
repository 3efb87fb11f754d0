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

SAMPLES = 60
"""Numbers tried as members of sets and solutions of inequalities."""


def differs(one: Node, other: Node) -> bool | None:
    """True: a difference was seen; False: none was; None: cannot say."""
    with mpmath.workdps(DIGITS + 15):
        return _differ(one, other)


def _differ(one: Node, other: Node) -> bool | None:  # noqa: PLR0911 (one line a kind)
    import sympy

    one, other = _same_kind(one, other)
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
    if _is_condition(one) and _is_condition(other):
        return _members_differ(one, other)
    return None


def rounds_alike(one: Node, other: Node, places: int) -> bool | None:
    """Whether two numbers, or all members of two answers of one shape, agree to so many decimals."""
    with mpmath.workdps(DIGITS + 15):
        return _round_alike(one, other, places)


def _round_alike(one: Node, other: Node, places: int) -> bool | None:
    import sympy

    one, other = _same_kind(one, other)
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


def _same_kind(one: Node, other: Node) -> tuple[Node, Node]:
    """`x = 5` against `5` is compared by value; sets in `x \\in S` likewise."""
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


def _is_condition(node: Node) -> bool:
    import sympy

    return isinstance(node, sympy.Set | sympy.core.relational.Relational | sympy.And | sympy.Or)


def _members_differ(one: Node, other: Node) -> bool | None:
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
    holds = {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0, "!=": order != 0, "==": not order}
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
