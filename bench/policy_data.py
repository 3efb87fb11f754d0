"""What the embedded policy is trained on: procedural problems, in two stages of number ranges."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from generators.procedural.families import draw
from generators.procedural.size import FamilyName, Size
from generators.procedural.worked import Worked
from schemas.ids import seed_of


@dataclass(frozen=True, slots=True)
class Stage:
    """`largest` and `factor`: their upper bounds at the start and once grown; each example draws
    its own below them. `rare` is (largest, factor) of the share `rare_share` of later examples."""

    steps: dict[FamilyName, tuple[int, int]]
    largest: tuple[int, int]
    factor: tuple[int, int]
    rare: tuple[int, int]
    rare_share: float


STAGES = {
    1: Stage(
        {"chain": (1, 5), "precedence": (2, 5), "linear": (2, 4), "word": (2, 4)},
        largest=(20, 100),
        factor=(9, 13),
        rare=(300, 20),
        rare_share=0.1,
    ),
    2: Stage(
        {"chain": (1, 4), "precedence": (2, 4), "linear": (2, 4), "word": (2, 4)},
        largest=(50, 50),
        factor=(10, 10),
        rare=(100, 12),
        rare_share=0.05,
    ),
}
"""The first teaches the form of solutions and to copy numbers; after 38,000 examples of it sums
were still mostly wrong. The second repeats a smaller range of numbers until most of them are right."""

GROWTH = 0.4
"""Share of a stage during which numbers grow; starting with large ones, a model of this size learns
the form and no arithmetic at all (3 % right after 46,000 examples)."""


def size_at(rng: random.Random, family: FamilyName, stage: Stage, progress: float) -> Size:
    """A size for one example; progress runs from 0 to 1."""
    grown = min(1.0, progress / GROWTH)
    if grown == 1.0 and rng.random() < stage.rare_share:
        return Size(stage.steps[family], *stage.rare)
    largest = rng.randint(10, round(_between(stage.largest, grown)))
    factor = rng.randint(6, round(_between(stage.factor, grown)))
    return Size(stage.steps[family], largest, factor)


def _between(ends: tuple[int, int], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share


def examples(seed: int, count: int, stage: Stage, grown: bool = False) -> Iterator[Worked]:
    """So many problems, families at random; the same arguments give the same problems."""
    names = list(stage.steps)
    for index in range(count):
        rng = random.Random(seed_of("policy", seed, index))
        family = rng.choice(names)
        yield draw(family, size_at(rng, family, stage, 1.0 if grown else index / count), seed, index)
