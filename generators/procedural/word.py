"""Word problems of two to four steps: shopping, sharing, buses, farms, libraries, rides.

Example: "Mia has 4 boxes with 6 pens in each box and 13 more pens on her desk. How many pens does
she have in all?" has the steps "4 boxes of 6 pens hold 4 * 6 = 24 pens." and "With the 13 pens on
the desk that makes 24 + 13 = 37 pens." Quantities are never negative and never 1, so that
nouns stay plural.
"""

import random
from collections.abc import Callable

from generators.procedural.size import Size
from generators.procedural.stories import four_steps, three_steps, two_steps
from generators.procedural.worked import Worked

STORIES: dict[int, tuple[Callable[[random.Random, Size], Worked], ...]] = {
    2: two_steps.STORIES,
    3: three_steps.STORIES,
    4: four_steps.STORIES,
}
"""Stories by number of steps."""


def make(rng: random.Random, size: Size) -> Worked:
    """One story, chosen first by its number of steps."""
    return rng.choice(STORIES[rng.randint(*size.steps)])(rng, size)
