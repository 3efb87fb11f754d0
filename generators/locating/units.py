"""The unit that stands after a result, and where it is another one than right solutions give it.

`60 * 2 = 120 inches`, where every right solution that computes 60 * 2 says feet, is wrong though the
number is right.
"""

from typing import ClassVar

from generators.locating.base import Way
from generators.locating.flow import Evidence
from generators.locating.unit_words import unit_after
from schemas.location import Location


def other_unit(evidence: Evidence, upto: int) -> int | None:
    """The first step before `upto` that gives a known computation another unit than right solutions do."""
    for computation in evidence.computations:
        if computation.step >= upto or computation.shape is None:
            continue
        said = unit_after(evidence.attempt.step_text(computation.step), computation.equation.end)
        meant = evidence.known.units.get((computation.shape.form, computation.result))
        if said and meant and said not in meant and all(m[0] == said[0] for m in meant):
            return computation.step
    return None


class OtherUnit(Way):
    """The first step whose number is right and whose unit is not."""

    name: ClassVar[str] = "units"

    def look(self, evidence: Evidence) -> Location | None:
        step = other_unit(evidence, len(evidence.attempt.steps))
        if step is None:
            return None
        return Location(step, self.name, proven=False, kind="unit_conversion", confidence=0.6)
