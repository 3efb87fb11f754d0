"""Countdown in a row: one way to the target, and search traces that are true in every line."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.procedural.countdown import keeps_the_rules, make, partials, read
from generators.procedural.size import LEVELS, Size


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**40), st.integers(2, 4), st.integers(5, 30))
def test_exactly_one_choice_of_signs_ends_at_the_target(seed: int, steps: int, bound: int) -> None:
    worked = make(random.Random(seed), Size((steps, steps), bound, bound))
    puzzle = read(worked.statement)
    assert puzzle is not None
    ways = puzzle.ways()
    assert len(ways) == 1
    results = partials(puzzle.numbers, ways[0])
    assert results[-2] == worked.answer and min(results) >= 0
    assert [step.split(" = ")[1] for step in worked.steps] == [str(r) for r in results[1:]]
    assert keeps_the_rules(worked.statement, "\n".join(worked.steps))
    assert keeps_the_rules(worked.statement, "\n".join(worked.steps[:-1]))
    assert not keeps_the_rules(worked.statement, "\n".join(worked.steps[1:]))


PUZZLE = (
    "Begin with 4 and go on with 3, 5 and 7, one after the other: add, subtract or multiply each time, working from "
    "left to right. Only one way ends at 35. Which number do you have just before the 7 is used?"
)


@pytest.mark.parametrize(
    ("statement", "text", "kept"),
    [
        (PUZZLE, "Step 1: 4 - 3 = 1\nStep 2: 1 * 5 = 5\nThe answer is \\boxed{5}.", True),
        (PUZZLE, "Step 1: 4 - 3 = 1\nStep 2: 1 * 5 = 5\nStep 3: 5 * 7 = 35\nThe answer is \\boxed{5}.", True),
        (PUZZLE, "Step 1: 4 * 3 = 12\nStep 2: 12 - 7 = 5\nThe answer is \\boxed{5}.", False),
        (PUZZLE, "The answer is \\boxed{5}.", False),
        ("What is 4 * 3 - 7?", "4 * 3 = 12, 12 - 7 = 5. The answer is \\boxed{5}.", True),
    ],
)
def test_the_right_number_by_another_way_does_not_keep_the_rules(
    statement: str, text: str, kept: bool
) -> None:
    assert keeps_the_rules(statement, text) is kept


def test_other_statements_are_no_puzzles() -> None:
    assert read("What is 3 + 4?") is None
    assert read("Start with a run of 3 miles.") is None


def test_levels_of_countdown_are_there() -> None:
    assert set(LEVELS["countdown"]) == {"easy", "medium", "hard"}
