"""The first step that computes what no right computation computes, by the quantities it makes and uses.

A result is strange where no right solution states it. It is passed over where it is another right way:
it means the same (`generators.locating.meaning`), it is a part of what a right solution computes and the
attempt goes on from it, or a later equation makes of it what a right solution computes.

How sure a location is depends on what is known of the steps before it (all of them must mean what right
steps mean), on whether the answer comes from it, and on whether one change explains it.
"""

from typing import ClassVar

from generators.locating.base import Way
from generators.locating.flow import Evidence
from generators.locating.kinds import Explained, explain
from generators.locating.stated import stated_numbers
from generators.locating.units import other_unit
from schemas.location import Location


class StrangeResult(Way):
    """The first strange result that no later step redeems."""

    name: ClassVar[str] = "reference"

    def look(self, evidence: Evidence) -> Location | None:
        if not evidence.known.results:
            return None
        strange = [n for n, c in enumerate(evidence.computations) if c.result not in evidence.known.results]
        if not strange:
            return None
        wrong = [n for n in strange if not right_way(evidence, n)]
        place = (wrong or strange)[0]
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
            confidence=_sure(evidence, place, why) if wrong else 0.2,
        )


def right_way(evidence: Evidence, place: int) -> bool:
    """Whether an equation with a result that no right solution states is right all the same."""
    if evidence.computations[place].equation.holds is False or evidence.ends_with(place):
        return False
    return evidence.means_known(place) or evidence.on_the_way(place) or redeemed(evidence, place)


def redeemed(evidence: Evidence, place: int) -> bool:
    """Whether a later equation makes of a result what a right solution computes."""
    value = evidence.computations[place].result
    return any(
        value in evidence.computations[later].operands and evidence.means_known(later)
        for later in range(place + 1, len(evidence.computations))
    )


def _sure(evidence: Evidence, place: int, why: Explained) -> float:
    """Shares of exact locations among those read (docs/log.md, "Diagnosis")."""
    if place not in evidence.ancestors:
        return 0.4
    if not right_before(evidence, place):
        return 0.5
    if any(not evidence.sourced(o, place) for o in evidence.computations[place].operands):
        return 0.6
    if why.kind != "unknown":
        return 0.92
    return 0.75 if evidence.ends_with(place) else 0.7


def right_before(evidence: Evidence, place: int) -> bool:
    """Whether every earlier step means what a right solution means, and steps in words say nothing new."""
    step = evidence.computations[place].step
    for n, computation in enumerate(evidence.computations[:place]):
        if (
            not (evidence.means_known(n) or right_way(evidence, n))
            or max(computation.operands, default=0) <= 1
        ):
            return False
    if other_unit(evidence, step) is not None:
        return False
    computing = {c.step for c in evidence.computations[:place]}
    return all(says_nothing_new(evidence, n) for n in range(step) if n not in computing)


def says_nothing_new(evidence: Evidence, step: int) -> bool:
    """Whether every number of a step in words is one of the statement, or a result of an earlier step."""
    before = {c.result for c in evidence.computations if c.step < step}
    said = stated_numbers(evidence.attempt.step_text(step))
    return "=" not in evidence.attempt.step_text(step) and said <= evidence.given | before | {1}
