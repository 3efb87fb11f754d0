"""The unit that stands after a result, and where it is another one than right solutions give it.

`60 * 2 = 120 inches`, where every right solution that computes 60 * 2 says feet, is wrong though the
number is right.
"""

from typing import ClassVar

from generators.locating.base import Way
from generators.locating.flow import Computation, Evidence
from generators.locating.unit_words import Unit, unit_of
from schemas.location import Location


def other_unit(evidence: Evidence) -> int | None:
    """The first step that gives a known computation another unit of the same sort than right solutions do."""
    for computation in evidence.computations:
        said, meant = units_of(evidence, computation)
        if said and said[0] and meant and said not in meant and all(m[0] == said[0] for m in meant):
            return computation.step
    return None


def units_of(evidence: Evidence, computation: Computation) -> tuple[Unit | None, frozenset[Unit]]:
    """The unit a result has in the attempt, and those it has in right solutions."""
    said = unit_of(evidence.attempt.step_text(computation.step), computation.equation)
    form = computation.shape.form if computation.shape else None
    known = evidence.known.units.get((form, computation.result), frozenset()) if form else frozenset()
    return said, known


def unit_doubtful(evidence: Evidence, computation: Computation) -> bool:
    """Whether the result counts something else than in right solutions: eggs here and persons there."""
    said, meant = units_of(evidence, computation)
    return said is not None and bool(meant) and said not in meant


class OtherUnit(Way):
    """The first step whose number is right and whose unit is not."""

    name: ClassVar[str] = "units"

    def look(self, evidence: Evidence) -> Location | None:
        step = other_unit(evidence)
        if step is None:
            return None
        return Location(step, self.name, proven=False, kind="unit_conversion", confidence=0.6)
