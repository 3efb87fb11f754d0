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


@pytest.mark.parametrize(("sign", "used"), [("", True), ("-", False)], ids=["the same", "another value"])
def test_what_stands_in_symbols_beside_an_equation_is_the_same(sign: str, used: bool) -> None:
    wrong = f"Step 1: Add 36: -14 + 36 = 22, so 11*x = {sign}22\nStep 2: 22 / 11 = 3, so x = 3"
    right = "Step 1: To both sides add 36: -14 + 36 = 22, so 11*x = 22\nStep 2: 22 / 11 = 2, so x = 2"
    attempt = Attempt(problem_id="p", text=wrong, steps=split_steps(wrong), model="m", policy="m", index=0)
    solution = Solution(right, split_steps(right), "reference")
    rests = [rest for rest, _ in aligned_rests(attempt, 1, [solution], frozenset())]
    assert rests == ([right[right.index("Step 2") :]] if used else [])


def test_words_inside_an_equation_are_no_symbols() -> None:
    wrong = "The first group has 8 birds * 3 = <<8*3=24>>24 birds.\nTogether 24 - 6 = 18.\nA: 18"
    right = "That makes 3 * 8 = 24 birds.\nTogether 24 + 6 = 30.\nA: 30"
    attempt = Attempt(problem_id="p", text=wrong, steps=split_steps(wrong), model="m", policy="m", index=0)
    solution = Solution(right, split_steps(right), "reference")
    rests = [rest for rest, _ in aligned_rests(attempt, 1, [solution], frozenset())]
    assert rests == ["Together 24 + 6 = 30.\nA: 30"]
