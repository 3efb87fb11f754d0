"""The first step that computes with a number that comes from nowhere.

A number has a source where the statement gives it (in digits, words or as a percent), an earlier
step computes it, a right solution uses it, or it is a factor between units. A result that a person
works out silently (30 - 3 in the head, then `27 * 2`) has a source too: one operation on two
numbers that are there.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import ClassVar

from filters.verify.equations import equations
from generators.locating.base import Way
from generators.locating.flow import Computation, Evidence
from generators.locating.slips import near
from schemas.location import Location

_SMALL = 20
"""Up to here a number may be a count of things that the statement names."""


class UnsourcedNumber(Way):
    """The first number from nowhere; a number of the statement copied wrongly where it is near one."""

    name: ClassVar[str] = "numbers"

    def look(self, evidence: Evidence) -> Location | None:
        if not equations(evidence.attempt.text):
            return None
        for place, computation in enumerate(evidence.computations):
            if computation.result in evidence.known.results:
                continue
            for operand in computation.operands:
                if not self._sourced(evidence, computation, operand, place):
                    return _located(evidence, computation, operand, place)
        return None

    def _sourced(self, evidence: Evidence, computation: Computation, operand: Fraction, place: int) -> bool:
        if operand <= _SMALL or evidence.sourced(operand, place):
            return True
        there = {*evidence.given, *evidence.before(place), *map(Fraction, (1, 2, 7, 12, 24, 60, 100))}
        others = {o for o in computation.operands if o != operand}
        if operand in one_operation(there | others):
            return True
        return _written_before(evidence, computation, operand)


def one_operation(numbers: Iterable[Fraction]) -> set[Fraction]:
    """What one operation makes of two of the numbers."""
    found: set[Fraction] = set()
    values = list(numbers)
    for a in values:
        for b in values:
            found |= {a + b, a - b, a * b}
            if b:
                found.add(a / b)
    return found


def _written_before(evidence: Evidence, computation: Computation, operand: Fraction) -> bool:
    """Whether the number stands somewhere earlier in the attempt, in words or an equation not read."""
    from generators.locating.stated import stated_numbers

    start = evidence.attempt.steps[computation.step].start + computation.equation.start
    return operand in stated_numbers(evidence.attempt.text[:start])


def _located(evidence: Evidence, computation: Computation, operand: Fraction, place: int) -> Location:
    earlier = evidence.before(place)
    copied = [n for n in evidence.given if near(n, operand) and n > 1]
    carried = [n for n in earlier if near(n, operand) and n > 1]
    kind = "unknown"
    if copied and not carried:
        kind = "context_value"
    elif carried and not copied:
        kind = "previous_step_value"
    return Location(
        computation.step,
        UnsourcedNumber.name,
        proven=False,
        kind=kind,
        expression=computation.equation.left,
        confidence=0.7 if kind != "unknown" else 0.6,
    )
