"""Countdown in a row: find the signs that lead to a target; exactly one choice of signs does.

Example: "Start with 6. Then use 4, 9 and 3 in this order, each with one of +, - and *, always on the
result so far. Exactly one choice of signs ends at 39. What is the result just before the 3 is used?" has the
steps `6 + 4 = 10`, `10 + 9 = 19`, … of the one right choice. Unlike Countdown's own question (any expression with
the target's value) this one has a number for an answer, so that an answer can be judged without its work.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise, product

from filters.verify.equations import equations
from generators.procedural.size import Size
from generators.procedural.worked import Worked, apply, equation

SIGNS = "+-*"
ASKING = (
    "Start with {first}. Then use {rest} in this order, each with one of +, - and *, always on the result so "
    "far. Exactly one choice of signs ends at {target}. What is the result just before the {last} is used?",
    "Begin with {first} and go on with {rest}, one after the other: add, subtract or multiply each time, working "
    "from left to right. Only one way ends at {target}. Which number do you have just before the {last} is used?",
)
_READ = re.compile(
    r"(?:Start|Begin) with (?P<first>\d+)\D+?(?P<rest>\d[\d, and]*\d)\b.*? ends at (?P<target>-?\d+)\."
)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What a statement says: the numbers in order, and the target."""

    numbers: tuple[int, ...]
    target: int

    def ways(self) -> list[tuple[str, ...]]:
        """Every choice of signs that ends at the target."""
        choices = product(SIGNS, repeat=len(self.numbers) - 1)
        return [signs for signs in choices if partials(self.numbers, signs)[-1] == self.target]

    def computed(self, signs: tuple[str, ...]) -> list[str]:
        """What is computed step by step with a choice of signs: `6 + 4`, `10 + 9`, …"""
        before = partials(self.numbers, signs)
        return [f"{b} {s} {n}" for b, s, n in zip(before, signs, self.numbers[1:], strict=False)]


def partials(numbers: tuple[int, ...], signs: tuple[str, ...]) -> list[int]:
    """The results so far, the first number included."""
    results = [numbers[0]]
    for sign, number in zip(signs, numbers[1:], strict=True):
        results.append(apply(results[-1], sign, number))
    return results


def keeps_the_rules(statement: str, text: str) -> bool:
    """Whether a solution uses the numbers in order, to the last or the one before it; of other problems, always.

    The answer is a number that other ways lead to as well: 4 * 3 - 7 is not the way to the 5 that 4, 3, 5 and 7 make
    before 5 * 7 = 35.
    """
    puzzle = read(statement)
    if puzzle is None:
        return True
    done = [e.left for e in equations(text)]
    return any(done in (way, way[:-1]) for way in map(puzzle.computed, puzzle.ways()))


def make(rng: random.Random, size: Size) -> Worked:
    """A row whose target is reached in one way only, without a negative result on it."""
    count = rng.randint(*size.steps)
    bound = min(size.factor, size.largest)
    while True:
        numbers = tuple(rng.randint(2, bound) for _ in range(count + 1))
        ends = {s: partials(numbers, s) for s in product(SIGNS, repeat=count)}
        often = Counter(results[-1] for results in ends.values())
        fit = [s for s, results in ends.items() if often[results[-1]] == 1 and min(results) >= 0]
        if fit:
            break
    signs = rng.choice(fit)
    results = ends[signs]
    steps = tuple(
        equation(before, sign, number)
        for (before, _), sign, number in zip(pairwise(results), signs, numbers[1:], strict=True)
    )
    statement = rng.choice(ASKING).format(
        first=numbers[0], rest=_listed(numbers[1:]), target=results[-1], last=_named(numbers)
    )
    return Worked(statement, steps, results[-2])


def read(statement: str) -> Puzzle | None:
    """The puzzle of a statement that `make` wrote; None of any other."""
    found = _READ.search(statement)
    if found is None:
        return None
    rest = [int(n) for n in re.findall(r"\d+", found["rest"])]
    return Puzzle((int(found["first"]), *rest), int(found["target"]))


def _listed(numbers: tuple[int, ...]) -> str:
    """`4, 9 and 3`."""
    texts = [str(n) for n in numbers]
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def _named(numbers: tuple[int, ...]) -> str:
    """The last number as it is spoken of where it stands in the row more than once."""
    return f"last {numbers[-1]}" if numbers[-1] in numbers[:-1] else str(numbers[-1])
