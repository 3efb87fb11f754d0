"""Linear equations in one unknown with an integer solution, in three forms by number of steps.

    2 steps   3*x + 4 = 19
    3 steps   7*x + 5 = 3*x + 21
    4 steps   6*(x + 3) = 2*x + 34

Example of a step: `Step 1: Subtract 4 from both sides: 19 - 4 = 15, so 3*x = 15`.
"""

import random

from generators.procedural.size import Size
from generators.procedural.worked import Worked, equation

ASKING = (
    "Solve {} for x.",
    "Find x if {}.",
    "Solve the equation {}.",
    "What is the value of x if {}?",
)


def make(rng: random.Random, size: Size) -> Worked:
    """One equation. The solution is between minus `factor` and `factor`, never 0."""
    steps = rng.randint(*size.steps)
    x = rng.randint(1, size.factor) * (-1 if rng.random() < 0.25 else 1)
    slope = rng.randint(2, size.factor)
    if steps == 2:
        text, worked = _one_sided(rng, size, slope, x)
    else:
        text, worked = _two_sided(rng, size, slope, x, bracket=steps == 4)
    return Worked(rng.choice(ASKING).format(text), tuple(worked), x)


def _one_sided(rng: random.Random, size: Size, slope: int, x: int) -> tuple[str, list[str]]:
    constant = rng.randint(1, size.largest) * rng.choice((1, -1))
    right = slope * x + constant
    steps = [_move(slope, constant, right), _divide(slope, slope * x)]
    return f"{_side(slope, constant)} = {right}", steps


def _two_sided(rng: random.Random, size: Size, slope: int, x: int, bracket: bool) -> tuple[str, list[str]]:
    """`slope` is what is left of x when the right side's share is taken away."""
    other = rng.randint(2, size.factor)
    whole = slope + other
    inner = rng.randint(1, max(1, min(9, size.largest // whole)))
    constant = whole * inner if bracket else rng.randint(1, size.largest) * rng.choice((1, -1))
    right = slope * x + constant
    steps = [
        f"Subtract {other}*x from both sides: {equation(whole, '-', other)}, "
        f"so {_side(slope, constant)} = {right}",
        _move(slope, constant, right),
        _divide(slope, slope * x),
    ]
    if not bracket:
        return f"{_side(whole, constant)} = {_side(other, right)}", steps
    expanded = f"{_side(whole, constant)} = {_side(other, right)}"
    steps.insert(0, f"Expand the bracket: {equation(whole, '*', inner)}, so {expanded}")
    return f"{whole}*(x + {inner}) = {_side(other, right)}", steps


def _side(slope: int, constant: int) -> str:
    """`3*x + 4`, `3*x - 4` or `3*x`."""
    if constant == 0:
        return f"{slope}*x"
    return f"{slope}*x {'+' if constant > 0 else '-'} {abs(constant)}"


def _move(slope: int, constant: int, right: int) -> str:
    """Bring the constant to the right side."""
    if constant > 0:
        done = f"Subtract {constant} from both sides: {equation(right, '-', constant)}"
    else:
        done = f"Add {-constant} to both sides: {equation(right, '+', -constant)}"
    return f"{done}, so {slope}*x = {right - constant}"


def _divide(slope: int, right: int) -> str:
    return f"Divide both sides by {slope}: {equation(right, '/', slope)}, so x = {right // slope}"
