"""The families by name, and the one door to a numbered problem."""

import random
from collections.abc import Callable

from generators.procedural import chain, countdown, linear, precedence, word
from generators.procedural.size import FamilyName, Size
from generators.procedural.worked import Worked
from schemas.ids import seed_of

FAMILIES: dict[FamilyName, Callable[[random.Random, Size], Worked]] = {
    "chain": chain.make,
    "precedence": precedence.make,
    "linear": linear.make,
    "word": word.make,
    "countdown": countdown.make,
}


def draw(family: FamilyName, size: Size, seed: int, index: int, again: int = 0) -> Worked:
    """Problem `index` of a family; depends on nothing but the arguments.

    `again` counts redraws of the same index, for callers that want no statement twice.
    """
    asked = [list(size.steps), size.largest, size.factor]
    return FAMILIES[family](random.Random(seed_of("procedural", seed, family, asked, index, again)), size)
