"""Countdown in a row: one way to the target, and search traces that are true in every line."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from generators.procedural.countdown import make, partials, read
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


def test_other_statements_are_no_puzzles() -> None:
    assert read("What is 3 + 4?") is None
    assert read("Start with a run of 3 miles.") is None


def test_levels_of_countdown_are_there() -> None:
    assert set(LEVELS["countdown"]) == {"easy", "medium", "hard"}
