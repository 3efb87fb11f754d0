"""The answer given at the end is not what the steps come to, though the steps are right."""

from fractions import Fraction
from typing import ClassVar

from filters.verify.equations import equations
from generators.locating.base import Way
from generators.locating.flow import Evidence
from generators.locating.known import key_of, read_whole
from generators.locating.slips import plain_number
from schemas.location import Location


class WrongAnswer(Way):
    """Every result is one of a right solution and the answer is wrong: the last step stops short or misstates."""

    name: ClassVar[str] = "answer"

    def look(self, evidence: Evidence) -> Location | None:
        attempt, known = evidence.attempt, evidence.known
        computations = evidence.computations
        if not known.results or not computations or len(attempt.steps) < 2:
            return None
        if equations(attempt.step_text(len(attempt.steps) - 1)):
            return None
        if any(c.result not in known.results or c.equation.holds is False for c in computations):
            return None
        kind = self._kind(evidence, computations[-1].result)
        return Location(
            len(attempt.steps) - 1,
            self.name,
            proven=False,
            kind=kind,
            wrong=attempt.verdict.evidence,
            confidence=_sure(evidence) if kind == "final_answer" else min(0.4, _sure(evidence)),
        )

    def _kind(self, evidence: Evidence, last: Fraction) -> str:
        return "missing_step" if plain_number(last) == evidence.attempt.verdict.evidence else "final_answer"


def _sure(evidence: Evidence) -> float:
    """High only where every equation is one of a right solution, operands included, and no step is mere words."""
    forms = all(
        key_of(c.equation) in evidence.known.equations
        or (c.shape is not None and c.shape.form in evidence.known.forms)
        for c in evidence.computations
    )
    if not forms:
        return 0.4
    computing = {c.step for c in evidence.computations}
    silent = set(range(len(evidence.attempt.steps) - 1)) - computing
    whole = all(read_whole(evidence.attempt.step_text(n)) for n in silent)
    return 0.93 if whole else 0.6
