"""The first wrong step of a text into which a mistake was put: known by construction."""

from schemas.injection import Injection
from schemas.location import Location


def by_construction(injection: Injection) -> Location:
    """Where an injection put its mistake. Only a proven one is known to be wrong there and nowhere before."""
    return Location(
        injection.step,
        "construction",
        proven=injection.proven,
        kind=injection.kind,
        expression="",
        wrong=injection.after,
        right=injection.before,
        confidence=1.0 if injection.proven else 0.0,
    )
