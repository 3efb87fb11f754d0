"""The first step that states a false equation."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

from filters.verify.equations import Equation
from generators.locating.base import Way
from generators.locating.flow import Evidence
from generators.locating.known import Known, key_of, vouched
from generators.locating.shape import shape_of
from generators.locating.slips import plain_number
from schemas.location import Location


class FalseEquation(Way):
    """The first step that states a false equation: a mistake for certain, the first one where all before holds.

    *Proven* the first where every earlier step is vouched for: it stands verbatim in a right
    solution, or all it states is read as equations and right solutions state the same, operands included.
    """

    name: ClassVar[str] = "equations"

    def look(self, evidence: Evidence) -> Location | None:
        first = next((c for c in evidence.computations if c.equation.holds is False), None)
        if first is None:
            return None
        stated = [c.equation for c in evidence.computations if c.step == first.step]
        proven = vouched(evidence.attempt, evidence.known) >= first.step
        found = false_step(stated, first.step, proven)
        return replace(
            found, kind=self._kind(evidence, first.equation), confidence=self._sure(evidence, found)
        )

    def _kind(self, evidence: Evidence, false: Equation) -> str:
        shape = shape_of(false.left)
        same_form = not evidence.known.forms or (shape is not None and shape.form in evidence.known.forms)
        if not same_form or not computes_known(false, evidence.known):
            return "unknown"
        return "calculation"

    def _sure(self, evidence: Evidence, found: Location) -> float:
        if found.proven:
            return 0.98
        strange = [
            c for c in evidence.computations if c.step < found.step and c.result not in evidence.known.results
        ]
        return 0.5 if strange or not evidence.known.results else 0.9


def false_step(stated: Sequence[Equation], number: int, proven: bool) -> Location:
    """Where a step states a false equation: what it says and what is true."""
    false = next(e for e in stated if e.holds is False)
    return Location(
        number,
        "equations",
        proven,
        kind="calculation",
        expression=false.left,
        wrong=false.stated,
        right=plain_number(false.left_value) if _short(false.left_value) else "",
    )


def computes_known(false: Equation, known: Known) -> bool:
    """Whether the false equation computes what a right solution computes: then only the result is wrong.

    `1 * 5 = 55` where `11 * 5` was meant is a miscopied value, not a calculation mistake.
    """
    operands = key_of(false)[1]
    return not known.equations or operands in {key[1] for key in known.equations}


def _short(value: Fraction) -> bool:
    """Whether a person would write the value out."""
    return value.denominator <= 100 or (value * 10_000).denominator == 1
