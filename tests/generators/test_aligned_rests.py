"""Repairs from a solution in other words: nothing of what its rest refers to is left behind."""

import pytest

from generators.aligned_rests import aligned_rests
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.attempt import Attempt

WRONG = "We look at the diagram.\nThe area of Q is 24 * 26 / 2 = 156.\nA: 156"


@pytest.mark.parametrize(
    ("first", "used"),
    [
        ("Suppose the side of the square is 1.", False),
        ("Let x be the side.", False),
        ("Let's look at the square.", True),
        ("The square has four parts.", True),
    ],
)
def test_a_supposition_is_not_left_behind(first: str, used: bool) -> None:
    text = f"{first}\nThen Q has an area of 1 / 2 / 2 = 1/4.\nA: 25"
    solution = Solution(text, split_steps(text), "reference")
    attempt = Attempt(problem_id="p", text=WRONG, steps=split_steps(WRONG), model="m", policy="m", index=0)
    rests = [rest for rest, _ in aligned_rests(attempt, 1, [solution], frozenset())]
    assert rests == ([text[len(first) + 1 :]] if used else [])
