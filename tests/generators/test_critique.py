"""Critiques: SCORE's rules on a model's step-by-step feedback, and what ours say."""

import random
import re

import pytest

from generators.critique import aligned, first_error_feedback, step_feedback, symbolic_critique
from generators.prompts import critiques, feedback, pressure
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.location import Location

WRONG = "Step 1: 3 * 4 = 12\nStep 2: 12 - 9 = 3\nThe answer is \\boxed{3}."
RIGHT = "First 3 * 4 = 12.\nThen 12 + 9 = 21.\nThe answer is \\boxed{21}."


def attempt(text: str) -> Attempt:
    return Attempt(problem_id="p", text=text, steps=split_steps(text), model="m", policy="p", index=0)


def solution(text: str) -> Solution:
    return Solution(text, split_steps(text), "reference", "answer:exact")


@pytest.mark.parametrize(
    ("text", "count", "read"),
    [
        ("Step 1: fine.\nStep 2: it should add.", 2, ["fine.", "it should add."]),
        ("Step 1: fine. Step 2: it should add.", 2, ["fine.", "it should add."]),
        ("**Step 1:** fine.\n**Step 2:** no.", 2, ["fine.", "no."]),
        ("Step 1: fine.", 2, None),
        ("Step 2: a. Step 1: b.", 2, None),
        ("Step 1: a. Step 2: see Step 1: b.", 2, None),
        ("Step 1: Step 2: b.", 2, None),
        ("All is well.", 1, None),
    ],
)
def test_step_feedback_is_read_where_every_step_has_one(
    text: str, count: int, read: list[str] | None
) -> None:
    assert step_feedback(text, count) == read


@pytest.mark.parametrize(
    ("first", "second", "last", "used"),
    [
        ("right.", "the numbers must be added.", "the answer should be 21.", "the numbers must be added."),
        ("right.", "it should be 21.", "the answer should be 21.", None),
        ("right.", "the numbers must be added.", "the answer is off.", None),
        ("right.", "Answer 2 adds here.", "the answer should be 21.", None),
        ("right.", "the reference solution adds.", "the answer should be 21.", None),
    ],
)
def test_scores_rules(first: str, second: str, last: str, used: str | None) -> None:
    found = Location(1, "reference", proven=True, kind="operator")
    text = f"Step 1: {first}\nStep 2: {second}\nStep 3: {last}"
    wrong = attempt(WRONG)
    assert len(wrong.steps) == 3
    assert first_error_feedback(text, wrong, found, "21", "3 + 4 = 7") == used


def test_aligned_steps_say_what_is_needed() -> None:
    found = Location(1, "reference", proven=True, kind="operator")
    assert aligned(attempt(WRONG), found, [solution(RIGHT)]) == ("12 - 9", "12 + 9")
    said = symbolic_critique(random.Random(1), attempt(WRONG), found, solution(RIGHT), "21")
    assert "12 - 9" in said and "12 + 9" in said and "the second step" in said
    elsewhere = solution("First 9 + 12 = 21.\nThe answer is \\boxed{21}.")
    assert aligned(attempt(WRONG), found, [elsewhere]) is None


def test_a_critique_does_not_hold_the_answer() -> None:
    wrong = attempt("Step 1: 3 * 4 = 12\nStep 2: 12 + 9 = 22\nThe answer is \\boxed{22}.")
    found = Location(
        1, "equations", proven=True, kind="calculation", expression="12 + 9", wrong="22", right="21"
    )
    said = symbolic_critique(random.Random(1), wrong, found, solution(RIGHT), "21")
    assert "21" not in said and "the second step" in said


def test_a_true_value_that_the_correction_does_not_have_is_not_named() -> None:
    wrong = attempt("Step 1: 290 + 44 = 224\nThe answer is \\boxed{224}.")
    found = Location(
        0, "equations", proven=True, kind="unknown", expression="290 + 44", wrong="224", right="334"
    )
    other, same = solution("Step 1: 290 + 45 = 335"), solution("Step 1: 290 + 44 = 334, 334 + 1 = 335")
    for seed in range(20):
        assert "334" not in symbolic_critique(random.Random(seed), wrong, found, other, "335")
        assert "334" in symbolic_critique(random.Random(seed), wrong, found, same, "335")


def test_a_critique_gives_no_orders() -> None:
    assert set(critiques.KIND) == set(feedback.KIND)
    said = [text for texts in critiques.KIND.values() for text in texts]
    assert not any(re.search(r"\b(?:you|your)\b", text) for text in said)
    assert all(
        text.split()[0] in {"A", "An", "The", "Another", "It", "Something", "Not", "There"} for text in said
    )


@pytest.mark.parametrize(
    "name",
    ["EQUATION", "EQUATION_UNSAID", "OTHER_COMPUTATION", "ANSWER", "LIKELY", "STEP_HOLDS", "THEN", "ASK"],
)
def test_banks_of_critiques_are_large(name: str) -> None:
    bank = getattr(critiques, name)
    assert len(set(bank)) == len(bank) >= 30


@pytest.mark.parametrize("name", ["DOUBT", "AUTHORITY", "KEEP", "KEEP_CLAIM", "CONCEDE", "CONCEDE_CLAIM"])
def test_banks_of_pressure_are_large(name: str) -> None:
    bank = getattr(pressure, name)
    assert len(set(bank)) == len(bank) >= 30
    claims = name in {"AUTHORITY", "KEEP_CLAIM", "CONCEDE_CLAIM"}
    assert all(text.count("{claim}") == claims for text in bank)
