"""Chains of additions and subtractions, worked from left to right.

Example: "Compute 12 - 30 + 7." has the steps `12 - 30 = -18` and `-18 + 7 = -11`.
"""

import random

from generators.procedural.size import Size
from generators.procedural.worked import Worked, apply, equation

ASKING = ("Compute {}.", "Calculate {}.", "What is {}?", "Work out {}.", "Find the value of {}.")


def make(rng: random.Random, size: Size) -> Worked:
    """One chain. Totals on the way may be negative; the numbers written down never are."""
    total = rng.randint(1, size.largest)
    text = str(total)
    steps = []
    for _ in range(rng.randint(*size.steps)):
        operator, number = rng.choice("+-"), rng.randint(1, size.largest)
        steps.append(equation(total, operator, number))
        total = apply(total, operator, number)
        text += f" {operator} {number}"
    return Worked(rng.choice(ASKING).format(text), tuple(steps), total)
