r"""False moves from one equation or inequality to the next that says the same.

3x + 7 = 1 so 3x = -6    ->  3x = 8        the moved term keeps its sign
2p = 58 or p = 29        ->  p = 56        the wrong operation undoes the factor
-2x < 6 so x > -3        ->  x < -3        the sign of the inequality is not turned
x^2 = 9 so x = \pm 3     ->  x = 3         a root is lost
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from filters.verify.math.answer import known_answer
from filters.verify.math.notation import plain
from filters.verify.math.relations import linear
from filters.verify.math.roots import Undecidable
from filters.verify.math.shapes import Assignment, Region
from filters.verify.math.surd import Opaque, Surd
from filters.verify.math.value_equality import cleared
from generators.algebra.change import Change
from generators.algebra.reading import Chain, Side, is_number
from generators.algebra.writing import least, rewritten, unboxed

FAR = 200
"""Code points between two statements that belong together."""

_TURNED = {
    "<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "\\leq": "\\geq", "\\geq": "\\leq", "\\lt": "\\gt",
    "\\gt": "\\lt", "\\leqslant": "\\geqslant", "\\geqslant": "\\leqslant",
}  # fmt: skip
_LOWER = frozenset(["<", "\\le", "\\leq", "\\lt", "\\leqslant"])
_JOINED = re.compile(r"[\s$,]*(?:\\text\s*\{)?\s*\bor\b\s*\}?[\s$]*")


@dataclass(frozen=True, slots=True)
class Statement:
    """A chain of two sides that is true for some values of its one variable."""

    chain: int
    left: Side
    relation: str
    right: Side
    name: str
    difference: Surd
    """Left minus right, without denominators."""

    @property
    def text(self) -> str:
        """The statement in the plain spelling of the judge."""
        return plain(f"{unboxed(self.left.text)[1]} {self.relation} {unboxed(self.right.text)[1]}")


def statements(chains: tuple[Chain, ...]) -> list[Statement]:
    """All equations and inequalities in one variable, in order."""
    found: list[Statement] = []
    for number, chain in enumerate(chains):
        if len(chain.sides) == 2 and (chain.relations[0] == "=" or chain.relations[0] in _TURNED):
            statement = _statement(number, chain)
            if statement is not None:
                found.append(statement)
    return found


def _statement(number: int, chain: Chain) -> Statement | None:
    left, right = chain.sides
    if left.value is None or right.value is None or "&" in left.text + right.text:
        return None
    try:
        difference = cleared(left.value - right.value)
    except Undecidable:
        return None
    names = difference.names() - {"π"}
    if len(names) != 1 or any(isinstance(name, Opaque) for name in names):
        return None
    return Statement(number, left, chain.relations[0], right, str(next(iter(names))), difference)


def pairs(chains: tuple[Chain, ...]) -> Iterator[tuple[Statement, Statement]]:
    """Neighbouring statements of the same variable with the same solutions."""
    found = statements(chains)
    for first, second in pairwise(found):
        near = 0 <= second.left.start - first.right.end <= FAR and second.chain - first.chain <= 2
        if near and first.name == second.name and first.text != second.text and same_solutions(first, second):
            yield first, second


def same_solutions(first: Statement, second: Statement) -> bool:
    """Whether two linear statements hold for the same values."""
    one, other = known_answer(first.text), known_answer(second.text)
    if isinstance(one, Assignment) and isinstance(other, Assignment):
        return one == other
    return isinstance(one, Region) and isinstance(other, Region) and one == other


def equation_moves(kind: str, chains: tuple[Chain, ...], text: str, rng: random.Random) -> Iterator[Change]:
    """False moves of one kind between statements."""
    if kind == "lost_root":
        yield from _lost_roots(chains, text)
        return
    for first, second in pairs(chains):
        if kind == "inequality_flip":
            yield from _unturned(first, second, text)
        elif second.relation == "=" and is_number(second.right.value or Surd({})):
            for value in _wrong_values(kind, first, second, rng):
                after = rewritten(second.right.text, value)
                if after is not None and value != second.right.value:
                    side = second.right
                    start, end, new = least(side.start, side.text, after)
                    yield Change(start, end, new, second.chain, 1, side.end, value)


def _wrong_values(kind: str, first: Statement, second: Statement, rng: random.Random) -> Iterator[Surd]:
    """Right sides that the second equation would have after the wrong step."""
    numbers = _numbers(first, second)
    if numbers is None:
        return
    factor, constant, other, goal, right = numbers
    times = factor / goal
    if kind == "sign":
        if constant:
            yield Surd.rational((other + constant) / times)
        elif factor < 0 < goal:
            yield Surd.rational(-right)
    elif kind == "operator" and not constant and goal == 1 and abs(factor) != 1 and factor.denominator == 1:
        if (other - factor) * right > 0:
            yield Surd.rational(other - factor)
        if abs(factor) <= 4:
            yield Surd.rational(other * factor)
    elif kind == "calculation" and right.denominator == 1:
        off = [1, -1, *([10, -10] if abs(right) >= 20 else [])]
        rng.shuffle(off)
        yield from (Surd.rational(right + step) for step in off if (right + step) * right > 0)


def _numbers(
    first: Statement, second: Statement
) -> tuple[Fraction, Fraction, Fraction, Fraction, Fraction] | None:
    """a, c, r, g, v of `ax + c = r` and `gx = v`, all rational."""
    assert first.left.value is not None and first.right.value is not None
    assert second.left.value is not None and second.right.value is not None
    try:
        values = (
            *linear(first.left.value, first.name),
            first.right.value,
            *linear(second.left.value, second.name),
        )
    except NotImplementedError:
        return None
    read = [v.as_rational() for v in (*values, second.right.value)]
    if any(v is None for v in read):
        return None
    factor, constant, other, goal, rest, right = (v for v in read if v is not None)
    return (factor, constant, other, goal, right) if not rest and goal and factor else None


def _unturned(first: Statement, second: Statement, text: str) -> Iterator[Change]:
    """The second inequality with its sign as in the first, where the step had to turn it."""
    if first.relation not in _TURNED or second.relation not in _TURNED:
        return
    if (first.relation in _LOWER) == (second.relation in _LOWER):
        return
    if not all(s.name in {str(n) for n in (s.left.value or Surd({})).names()} for s in (first, second)):
        return
    if first.name in {str(n) for s in (first, second) for n in (s.right.value or Surd({})).names()}:
        return
    at = text.find(second.relation, second.left.end, second.right.start)
    if at >= 0:
        turned = _TURNED[second.relation]
        yield Change(at, at + len(second.relation), turned, second.chain, 1, second.right.end)


def _lost_roots(chains: tuple[Chain, ...], text: str) -> Iterator[Change]:
    for number, chain in enumerate(chains):
        if len(chain.sides) == 2 and chain.relations == ("=",):
            side = chain.sides[1]
            match = re.match(r"(\\boxed\{)?\s*(\\pm\s*)", side.text)
            before = [s for s in statements(chains[max(0, number - 3) : number]) if s.relation == "="]
            if match and before and before[-1].name == chain.sides[0].text.strip():
                start = side.start + match.start(2)
                yield Change(start, side.start + match.end(2), "", number, 1, side.end)
    known = [s for s in statements(chains) if s.relation == "="]
    for quadratic, first, second in zip(known, known[1:], known[2:], strict=False):
        both = [root_of(s) for s in (first, second)]
        joint = _JOINED.fullmatch(text, first.right.end, second.left.start)
        if joint and all(
            r is not None and not at(quadratic.difference, quadratic.name, r).terms for r in both
        ):
            start, end = first.right.end, second.right.end
            if quadratic.name == first.name == second.name and both[0] != both[1]:
                yield Change(start, end, "", first.chain, 1, end)


def root_of(statement: Statement) -> Surd | None:
    """The value of `x = value`, as it stands there."""
    value = statement.right.value
    return (
        value if statement.left.value == Surd.symbol(statement.name) and value and is_number(value) else None
    )


def at(value: Surd, name: str, point: Surd) -> Surd:
    """A polynomial's value at a point; the polynomial itself where it is none."""
    total = Surd({})
    for (radicand, symbols), factor in value.terms.items():
        power = dict(symbols).get(name, 0)
        if power != int(power) or not 0 <= power <= 12:
            return value
        rest = Surd({(radicand, tuple(item for item in symbols if item[0] != name)): factor})
        try:
            total = total + rest * point.power(Fraction(int(power)))
        except Undecidable:
            return value
    return total


EQUATION_KINDS = ("sign", "calculation", "operator", "lost_root", "inequality_flip")
