"""The first step that computes what no right computation computes, by the quantities it makes and uses.

A result is strange where no right solution states it. It is passed over where it is another right way:
it means the same (`generators.locating.meaning`), or later equations make of it what a right solution computes.

How sure a location is depends on what is known of the steps before it (all of them must mean what right
steps mean), on whether the answer comes from it, and on whether one change explains it.
"""

import re
from fractions import Fraction
from typing import ClassVar

from filters.verify.doubtful import LATEX
from generators.locating.base import Way
from generators.locating.flow import Computation, Evidence
from generators.locating.kinds import Explained, explain
from generators.locating.stated import stated_numbers
from generators.locating.units import unit_doubtful
from generators.locating.wording import worded_alike
from schemas.location import Location


class StrangeResult(Way):
    """The first strange result that no later step redeems."""

    name: ClassVar[str] = "reference"

    def look(self, evidence: Evidence) -> Location | None:
        if not evidence.known.results:
            return None
        strange = [n for n, c in enumerate(evidence.computations) if is_strange(evidence, c)]
        if not strange:
            return None
        wrong = [n for n in strange if not redeemed(evidence, n)]
        # A strange result that nothing uses may be a harmless aside: one that the answer comes from goes first.
        # In LaTeX, where much is not read, it is no clue: of three found in MATH rollouts all were right steps.
        leading = [n for n in wrong if n in evidence.ancestors]
        if not leading and LATEX.search(evidence.attempt.text):
            return None
        place = (leading or wrong or strange)[0]
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


def is_strange(evidence: Evidence, computation: Computation) -> bool:
    """Whether no right solution states its result; a mere rewriting (`4 * 5 + 1 = 20 + 1`) has none."""
    if computation.equation.holds is True and re.search(r"\d\s*[-+*/(]", computation.equation.stated):
        return False
    return computation.result not in evidence.known.results


def redeemed(evidence: Evidence, place: int, depth: int = 0) -> bool:
    """Whether a later equation makes of a result what a right solution computes, directly or by way of others."""
    if evidence.computations[place].equation.holds is False or evidence.ends_with(place) or depth > 5:
        return False
    if evidence.means_known(place):
        return True
    value = evidence.computations[place].result
    later = range(place + 1, len(evidence.computations))
    using = [n for n in later if value in evidence.computations[n].operands]
    return any(evidence.means_known(n) or redeemed(evidence, n, depth + 1) for n in using)


def _sure(evidence: Evidence, place: int, why: Explained) -> float:
    """Shares of exact locations among those read (docs/log.md, "Diagnosis")."""
    computation = evidence.computations[place]
    if place not in evidence.ancestors:
        return 0.4
    if not right_before(evidence, place):
        return 0.5
    if any(not evidence.sourced(o, place) for o in computation.operands):
        return 0.6
    if evidence.on_the_way(place) and not evidence.ends_with(place):
        return 0.6  # true as far as it goes; what is made of it may be the mistake
    return 0.95 if why.kind != "unknown" else 0.75


def right_before(evidence: Evidence, place: int) -> bool:
    """Whether every earlier step means and says what right steps do, and steps in words say nothing new."""
    step = evidence.computations[place].step
    earlier = [(n, c) for n, c in enumerate(evidence.computations[:place]) if c.step < step]
    if not all(vouched_for(evidence, n, c) for n, c in earlier):
        return False
    computing = {c.step for _, c in earlier}
    return all(says_nothing_new(evidence, n) for n in range(step) if n not in computing)


def vouched_for(evidence: Evidence, place: int, computation: Computation) -> bool:
    """Whether an equation means what a right solution means, and its step is worded like one that computes it."""
    if computation.equation.holds is not True or max(computation.operands, default=Fraction(0)) <= 1:
        return False
    known = evidence.meanings[place] & evidence.known.meanings
    if not known or unit_doubtful(evidence, computation):
        return False
    text = evidence.attempt.step_text(computation.step)
    outside = text[: computation.equation.start] + " " + text[computation.equation.end :]
    if not stated_numbers(outside) <= evidence.given | evidence.before(place) | {Fraction(1)}:
        return False
    return any(worded_alike(text, evidence.known.wording.get(found, frozenset())) for found in known)


def says_nothing_new(evidence: Evidence, step: int) -> bool:
    """Whether every number of a step in words is one of the statement, or a result of an earlier step."""
    before = {c.result for c in evidence.computations if c.step < step}
    said = stated_numbers(evidence.attempt.step_text(step))
    return "=" not in evidence.attempt.step_text(step) and said <= evidence.given | before | {Fraction(1)}
