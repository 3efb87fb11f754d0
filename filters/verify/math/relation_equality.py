"""Whether equations, inequalities and regions are equal: up to a factor, and different by a point.

Two equations are different where a real point is found that is a solution of one and surely not of the
other; what is neither proportional nor refuted by a point stays undecided.
"""

import math
from collections.abc import Iterator
from fractions import Fraction

from filters.verify.math.approximation import value_at
from filters.verify.math.regions import same_region
from filters.verify.math.roots import Symbols, Undecidable
from filters.verify.math.shapes import Equation, Inequality, Region
from filters.verify.math.surd import Opaque, Surd
from filters.verify.math.value_equality import same_value
from filters.verify.math.verdicts import EQUAL, MISMATCH, unknown
from schemas.verdict import Verdict

TRIALS = 6
"""Choices of the other variables at which a solution is looked for."""

SURE = 1e-6
"""Share of its largest term above which a side is surely not zero."""

_CONSTANTS = frozenset(["π", "e"])


def compare_equations(gold: Equation, said: Equation) -> Verdict | None:
    """Equal where one is a non-zero constant times the other."""
    one, other = _whole(gold.difference), _whole(said.difference)
    if _proportional(one, other) is not None:
        return EQUAL
    return MISMATCH if _refuted(one, other) or _refuted(other, one) else None


def compare_inequalities(gold: Inequality, said: Inequality) -> Verdict | None:
    """Equal where one is a positive constant times the other."""
    factor = _proportional(gold.below, said.below)
    if factor is not None and factor > 0:
        return EQUAL if gold.strict == said.strict else MISMATCH
    for point in _points(gold.below.names() | said.below.names()):
        try:
            (a, size_a), (b, size_b) = value_at(gold.below, point), value_at(said.below, point)
        except (Undecidable, ArithmeticError, ValueError):
            return None
        sure = min(abs(a) - SURE * size_a, abs(b) - SURE * size_b) > 0 and not a.imag and not b.imag
        if sure and (a.real < 0) != (b.real < 0):
            return MISMATCH
    # beside a border of the one that is none of the other, only one of them holds
    refuted = _refuted(gold.below, said.below) or _refuted(said.below, gold.below)
    return MISMATCH if refuted else None


def compare_regions(gold: Region, said: Region) -> Verdict:
    """Equal numbers are equal; under two names of the variable that is unknown."""
    if not same_region(gold, said):
        return MISMATCH
    return unknown("names") if gold.name and said.name and gold.name != said.name else EQUAL


def _whole(value: Surd) -> Surd:
    """The value times variables, so that none has a negative power."""
    lowest: dict[str, int | Fraction] = {}
    for _, symbols in value.terms:
        for name, power in symbols:
            if power < 0 and name not in _CONSTANTS:
                lowest[name] = min(lowest.get(name, 0), power)
    factor: Symbols = tuple(sorted((name, -power) for name, power in lowest.items()))
    return value * Surd({(1, factor): Fraction(1)}) if factor else value


def _grouped(value: Surd) -> dict[Symbols, Surd]:
    """Coefficients by the product of variables they stand before."""
    groups: dict[Symbols, Surd] = {}
    for (radicand, symbols), factor in value.terms.items():
        variables = tuple(item for item in symbols if item[0] not in _CONSTANTS)
        constants = tuple(item for item in symbols if item[0] in _CONSTANTS)
        groups[variables] = groups.get(variables, Surd({})) + Surd({(radicand, constants): factor})
    return groups


def _proportional(one: Surd, other: Surd) -> float | None:
    """The constant that makes the first out of the second, or None."""
    a, b = _grouped(one), _grouped(other)
    if a.keys() != b.keys() or not a:
        return None
    lead = min(a, key=str)
    if not all(same_value(a[key] * b[lead], b[key] * a[lead]) for key in a):
        return None
    (top, _), (below, _) = value_at(a[lead], {}), value_at(b[lead], {})
    return top.real / below.real if below.real else math.copysign(1, top.real)


def _refuted(one: Surd, other: Surd) -> bool:
    """Whether a real solution of the first is surely none of the second."""
    names = (one.names() | other.names()) - _CONSTANTS
    if any(isinstance(name, Opaque) for name in names):
        return False
    for point in _points(names):
        for name in sorted(one.names() - _CONSTANTS):
            try:
                for root in _roots(one, name, point):
                    value, size = value_at(other, {**point, name: root})
                    if abs(value) > SURE * size:
                        return True
            except (Undecidable, ArithmeticError, ValueError):
                continue
    return False


def _points(names: frozenset[str]) -> Iterator[dict[str, float]]:
    """Values of the variables, of either sign, at which nothing special is."""
    for trial in range(TRIALS):
        yield {
            name: (0.37 + 0.61 * place + 0.83 * trial) * (-1) ** (trial + place * (trial // 2))
            for place, name in enumerate(sorted(names))
        }


def _roots(value: Surd, name: str, point: dict[str, float]) -> list[float]:
    """Real values of one variable that make the value zero, where it is at most quadratic in it."""
    parts = [Surd({}), Surd({}), Surd({})]
    for (radicand, symbols), factor in value.terms.items():
        power = dict(symbols).get(name, 0)
        if power not in (0, 1, 2):
            return []
        rest = tuple(item for item in symbols if item[0] != name)
        parts[int(power)] = parts[int(power)] + Surd({(radicand, rest): factor})
    c, b, a = (value_at(part, point)[0].real for part in parts)
    if not a:
        return [-c / b] if b else []
    inside = b * b - 4 * a * c
    return [(-b + sign * math.sqrt(inside)) / (2 * a) for sign in (1, -1)] if inside > 0 else []
