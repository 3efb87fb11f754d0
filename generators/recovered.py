"""Continuations of a wrong text that end right: which of them leave the mistake behind."""

from filters.verify.equations import equations
from generators.guards import states
from generators.solutions import computes
from schemas.attempt import Attempt
from schemas.location import Location


def recovers(rest: str, again: Attempt, found: Location) -> bool:
    """Whether a continuation that ends right leaves the mistake behind, and does not end right by luck.

    Every equation holds for certain, the answer is computed where anything is, and the wrong result is not
    used: "11*x = 100, 100 / 11 = 10" ends right because the remainder was dropped. Behind a calculation the
    bare answer is a guess.
    """
    stated = equations(rest)
    sure = all(e.holds for e in stated)
    return (
        bool(stated or (rest.strip() and not equations(again.text)))
        and sure
        and computes(rest, again.verdict.evidence)
        and not states(rest, found.wrong)
    )
