"""The first step that computes what no right solution computes, by the quantities it makes and uses.

A result that no known right solution states is strange. It is taken for the start of another right
way, and passed over, where a later equation makes a known result of it (`16 - 3 = 13`, then
`13 - 4 = 9`, where the reference has `16 - 3 - 4 = 9`). How sure the location is depends on whether one
change (an operand, an operator, a term left out) makes the computation one of a right solution, whether
all earlier steps compute what right solutions compute, and whether the answer comes from it.
"""

from fractions import Fraction
from typing import ClassVar

from generators.locating.base import Way
from generators.locating.flow import Computation, Evidence
from generators.locating.kinds import Explained, explain
from generators.locating.known import read_whole
from schemas.location import Location


class StrangeResult(Way):
    """The first strange result that no later step redeems."""

    name: ClassVar[str] = "reference"

    def look(self, evidence: Evidence) -> Location | None:
        if not evidence.known.results:
            return None
        strange = [n for n, c in enumerate(evidence.computations) if c.result not in evidence.known.results]
        unredeemed = [n for n in strange if not redeemed(evidence, n)]
        if not strange:
            return None
        place = (unredeemed or strange)[0]
        computation = evidence.computations[place]
        why = explain(evidence, place)
        return Location(
            computation.step,
            self.name,
            proven=False,
            kind=why.kind,
            expression=computation.equation.left,
            wrong=computation.equation.stated,
            right=why.right,
            confidence=_sure(evidence, place, why) if unredeemed else 0.2,
        )


def redeemed(evidence: Evidence, place: int, depth: int = 0) -> bool:
    """Whether a later equation makes a known result of a strange one, directly or by way of others."""
    value = evidence.computations[place].result
    if depth > 6 or value in evidence.given or evidence.computations[place].equation.holds is False:
        return False
    for later in range(place + 1, len(evidence.computations)):
        computation = evidence.computations[later]
        if value in computation.operands:
            known = computation.result in evidence.known.results and computation.result not in evidence.given
            if known and computation.equation.holds is not False:
                return True
            if not known and redeemed(evidence, later, depth + 1):
                return True
    return False


def _sure(evidence: Evidence, place: int, why: Explained) -> float:
    """Measured by reading; see docs/log.md."""
    computation = evidence.computations[place]
    if place not in evidence.ancestors:
        return 0.4
    clean = clean_before(evidence, place)
    if not clean:
        return 0.5
    if any(not evidence.sourced(o, place) for o in computation.operands):
        return 0.6
    return 0.92 if why.kind != "unknown" else 0.75


def clean_before(evidence: Evidence, place: int) -> bool:
    """Whether every earlier step computes, in the same form, what right solutions compute."""
    step = evidence.computations[place].step
    earlier = [(n, c) for n, c in enumerate(evidence.computations[:place])]
    if not all(_known_form(evidence, c) or redeemed(evidence, n) for n, c in earlier):
        return False
    silent = set(range(step)) - {c.step for _, c in earlier}
    return all(read_whole(evidence.attempt.step_text(n)) for n in silent)


def _known_form(evidence: Evidence, computation: Computation) -> bool:
    return computation.shape is not None and computation.shape.form in evidence.known.forms


def missing(evidence: Evidence, place: int) -> set[Fraction]:
    """Results of right solutions that the attempt has not computed before an equation."""
    return set(evidence.known.results) - evidence.before(place)
