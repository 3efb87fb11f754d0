"""What the embedded policy is trained on: procedural problems whose numbers grow as training goes on."""

import random
from collections.abc import Iterator

from generators.procedural.families import FAMILIES, draw
from generators.procedural.size import FamilyName, Size
from generators.procedural.worked import Worked
from schemas.ids import seed_of

STEPS: dict[FamilyName, tuple[int, int]] = {
    "chain": (1, 5),
    "precedence": (2, 5),
    "linear": (2, 4),
    "word": (2, 4),
}
GROWTH = 0.4
"""Share of the training during which the numbers grow; starting with large ones, a model of this
size learns the form of a solution and no arithmetic at all (0-12 % right after 46,000 examples)."""
BIGGER = 0.1
"""Share of examples of hard size, once the numbers have grown."""


def size_at(rng: random.Random, family: FamilyName, progress: float) -> Size:
    """A size for one example; progress runs from 0 to 1."""
    grown = min(1.0, progress / GROWTH)
    if grown == 1.0 and rng.random() < BIGGER:
        return Size(STEPS[family], 300, 20)
    largest = rng.randint(10, round(20 + 80 * grown))
    factor = rng.randint(6, round(9 + 4 * grown))
    return Size(STEPS[family], largest, factor)


def examples(seed: int, count: int, grown: bool = False) -> Iterator[Worked]:
    """So many problems, families at random; the same arguments give the same problems."""
    names = list(FAMILIES)
    for index in range(count):
        rng = random.Random(seed_of("policy", seed, index))
        family = rng.choice(names)
        yield draw(family, size_at(rng, family, 1.0 if grown else index / count), seed, index)
