"""Habits are counted by phrasings, searched by program, and thought in patterns that are true in every line."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.equations import equations, states_falsehood
from generators.habits import habits
from generators.procedural.countdown import make, read
from generators.procedural.families import draw
from generators.procedural.size import LEVELS, Size
from generators.search_traces import before_last, search_trace
from generators.solutions import Solution
from generators.steps import split_steps
from generators.thought_patterns import computed, inverse, thought

CASES = json.loads((Path(__file__).parents[1] / "cases" / "habits.json").read_text(encoding="utf-8"))
ALL = ("verification", "backtracking", "subgoals", "backward_chaining")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_habits_are_counted_as_a_reader_would(case: dict[str, object]) -> None:
    assert case["source"]
    assert habits(str(case["text"])).shown() == case["shows"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40), st.integers(2, 3), st.sets(st.sampled_from(ALL)))
def test_searches_are_true_find_the_answer_and_show_what_was_asked(
    seed: int, steps: int, shown: set[str]
) -> None:
    rng = random.Random(seed)
    worked = make(rng, Size((steps, steps), 12, 12))
    puzzle = read(worked.statement)
    assert puzzle is not None
    wanted = [h for h in ALL if h in shown]
    trace = search_trace(rng, puzzle, wanted)  # type: ignore[arg-type]
    assert trace is not None and not states_falsehood(trace)
    for step in worked.steps:
        assert step in trace
    counted = habits(trace)
    for habit in ("verification", "subgoals", "backward_chaining"):
        if habit in shown:
            assert getattr(counted, habit)
    if "backtracking" not in shown:
        assert not counted.backtracking
    assert worked.answer in before_last(puzzle)


def test_long_searches_are_not_written() -> None:
    worked = draw("countdown", Size((5, 5), 15, 15), 0, 0)
    puzzle = read(worked.statement)
    assert puzzle is not None
    assert any(search_trace(random.Random(n), puzzle, ("backtracking",)) is None for n in range(5))


def _solution(text: str) -> Solution:
    return Solution(text, split_steps(text), "reference", "answer:exact")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**30),
    st.sampled_from(["chain", "precedence", "linear", "word"]),
    st.sampled_from(["monologue", "decomposition", "self_ask", "self_debate"]),
)
def test_thoughts_state_nothing_false_and_every_result(seed: int, family: str, pattern: str) -> None:
    worked = draw(family, LEVELS[family]["medium"], seed, 0)  # type: ignore[arg-type,index]
    solution, told = _solution(worked.solution), (worked.statement, str(worked.answer))
    text = thought(random.Random(seed), pattern, solution, *told)  # type: ignore[arg-type]
    if text is None:
        assert len(worked.steps) == 1
        return
    assert not states_falsehood(text)
    assert all(str(step.stated) in text for step in computed(solution, *told) or ())


@pytest.mark.parametrize(
    ("text", "undone"),
    [
        ("7 * 12 = 84", "84 / 12 = 7"),
        ("84 / 12 = 7", "7 * 12 = 84"),
        ("9 - 4 = 5", "5 + 4 = 9"),
        ("9 + 4 = 13", "13 - 4 = 9"),
        ("7 * 0 = 0", None),
        ("2 + 3 + 4 = 9", None),
        ("10 / 3 = 3.33", None),
    ],
)
def test_a_computation_is_undone_only_where_that_holds(text: str, undone: str | None) -> None:
    assert inverse(equations(text)[0]) == undone


@pytest.mark.parametrize("pattern", ["monologue", "decomposition", "self_ask", "self_debate"])
@pytest.mark.parametrize(
    ("statement", "answer", "solution"),
    [
        ("What is 3?", "3", "It is obvious. The answer is 3."),
        ("What is 3 + 4 + 1?", "8", "Step 1: 3 + 4 = 7 and 7 + 1 = 8\nThe answer is 8."),
        ("Four teams of a group play each other once.", "6", "4 * 3 = 12 pairs\nEach counts twice, so 6."),
        ("5 are left. Half were sold after 2.", "18", "5 * 2 = 10\n10 + 2 = 12\nTwo thirds are 12: 18."),
        ("The mean of 5 was 733, now 885 for 625.", "52", "5 * 733 = 3665\n785 - 733 = 52"),
        ("Which of 12 / 1 and 12 / 7?", "1.7143", "12 / 1 = 12\n12 / 7 = 1.7143"),
        ("Sum the n for which 12 / n is whole.", "0", "12 / 1 = 12\n12 / 2 = 6\n0 + 0 = 0"),
        ("Compute.", "3", "\\frac{1}{31} * 93 = 3\n3 * 1 = 3"),
    ],
    ids=[
        "no equation",
        "two in a step",
        "in words at the end",
        "goes on in words",
        "a gap",
        "rounded",
        "of two cases",
        "LaTeX",
    ],
)
def test_no_thought_leaves_out_a_part_of_the_way(
    statement: str, answer: str, solution: str, pattern: str
) -> None:
    assert thought(random.Random(0), pattern, _solution(solution), statement, answer) is None  # type: ignore[arg-type]
