"""How hard a problem is: how many steps its solution has and how large its numbers are."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["easy", "medium", "hard"]
FamilyName = Literal["chain", "precedence", "linear", "word", "countdown"]


@dataclass(frozen=True, slots=True)
class Size:
    """`steps`: fewest and most steps; `largest`: bound of numbers that are added or subtracted;
    `factor`: bound of numbers that are multiplied or divided by. Results may be larger than any."""

    steps: tuple[int, int]
    largest: int
    factor: int


POSSIBLE_STEPS: dict[FamilyName, tuple[int, int]] = {
    "chain": (1, 12),
    "precedence": (2, 12),
    "linear": (2, 4),
    "word": (2, 4),
    "countdown": (2, 5),
}
"""Fewest and most steps a family can make."""

SMALLEST_BOUND = 5
"""`largest` and `factor` below this leave too few different problems."""

LEVELS: dict[FamilyName, dict[Level, Size]] = {
    "chain": {
        "easy": Size((2, 3), 20, 9),
        "medium": Size((3, 4), 55, 9),
        "hard": Size((4, 6), 200, 9),
    },
    "precedence": {
        "easy": Size((2, 2), 20, 9),
        "medium": Size((3, 4), 50, 11),
        "hard": Size((4, 6), 100, 15),
    },
    "linear": {
        "easy": Size((2, 2), 20, 9),
        "medium": Size((2, 4), 70, 12),
        "hard": Size((3, 4), 150, 15),
    },
    "word": {
        "easy": Size((2, 3), 20, 9),
        "medium": Size((2, 4), 70, 12),
        "hard": Size((3, 4), 150, 15),
    },
    "countdown": {
        "easy": Size((2, 2), 9, 9),
        "medium": Size((3, 3), 12, 12),
        "hard": Size((4, 4), 15, 15),
    },
}
"""Medium is set so that the embedded policy gets about half of each family right, but for `countdown`, which it
has never seen: after a change, measure again with `bench/evaluate_policy.py`."""
