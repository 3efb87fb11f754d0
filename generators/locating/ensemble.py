"""Several ways together: the earliest step that any of them is willing to name, and what the others said."""

from collections.abc import Sequence
from dataclasses import replace

from generators.locating.answers import WrongAnswer
from generators.locating.base import Way
from generators.locating.equations import FalseEquation
from generators.locating.flow import Evidence
from generators.locating.identities import FalseIdentity
from generators.locating.numbers import UnsourcedNumber
from generators.locating.reference import StrangeResult
from generators.locating.units import OtherUnit
from schemas.location import Location

WAYS: tuple[Way, ...] = (
    FalseEquation(),
    StrangeResult(),
    FalseIdentity(),
    OtherUnit(),
    UnsourcedNumber(),
    WrongAnswer(),
)
"""In the order that decides between ways naming the same step."""


def symbolic(evidence: Evidence, ways: Sequence[Way] = WAYS) -> Location | None:
    """The first wrong step without a model; None where nothing shows."""
    found = [location for way in ways if (location := way.look(evidence)) is not None]
    return together(found)


def together(found: Sequence[Location]) -> Location | None:
    """One location of several: the earliest, ties by order, with what the others said.

    Each way says "this is wrong", so a later one does not speak against an earlier one; yet an earlier
    one that is merely likely speaks against a later *proven* one, which then stands.
    """
    if not found:
        return None
    proven = [f for f in found if f.proven]
    best = min(proven or found, key=lambda f: f.step)
    if not proven and best.kind == "unknown":
        kinds = {f.kind for f in found if f.step == best.step} - {"unknown"}
        best = replace(best, kind=kinds.pop()) if len(kinds) == 1 else best
    return with_others(best, [f for f in found if f.method != best.method])


def with_others(best: Location, rest: Sequence[Location]) -> Location:
    """The location, carrying what the others said and how many of them agree."""
    others = tuple((f.method, f.step) for f in rest)
    agreement = sum(step == best.step for _, step in others) / len(others) if others else None
    return replace(best, others=others, agreement=agreement)


def agreed(best: Location, other: Location) -> Location:
    """A location and what another way said of it: agreement halves the doubt, a quarrel is kept in `others`.

    Ways that err independently and pick among several steps err alike far less often than half as often.
    """
    said = (*best.others, (other.method, other.step), *other.others)
    agreement = sum(step == best.step for _, step in said) / len(said)
    best = replace(best, others=said, agreement=agreement)
    if other.step != best.step:
        return best
    kind = other.kind if best.kind == "unknown" else best.kind
    sure = max(best.confidence, other.confidence)
    return replace(best, kind=kind, confidence=1 - (1 - sure) / 2)
