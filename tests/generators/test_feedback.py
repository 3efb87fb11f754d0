"""Feedback names the step and the kind and never gives a value away."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.stated_feedback import named_steps, reveals, step_name
from filters.verify.stated_verdict import stated_verdict
from generators.feedback import acceptable, symbolic_feedback
from generators.prompts import feedback as texts
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.errors import KINDS
from schemas.location import Location

numbers = st.integers(-9999, 9999)


def attempt(text: str) -> Attempt:
    return Attempt(problem_id="p", text=text, steps=split_steps(text), model="m", policy="p", index=0)


def work(values: list[int]) -> Attempt:
    lines = [f"Step {n}: {v} + {n} = {v + n + 1}" for n, v in enumerate(values, start=1)]
    return attempt("\n".join([*lines, f"The answer is \\boxed{{{values[-1]}}}."]))


@given(
    st.lists(numbers, min_size=2, max_size=8),
    st.integers(0, 10**6),
    st.data(),
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["equations", "reference", "answer", "construction", "continuations"]),
    st.booleans(),
    st.sampled_from([0.5, 0.95]),
)
def test_symbolic_feedback_holds_no_digit_and_names_the_step(
    values: list[int], seed: int, data: st.DataObject, kind: str, method: str, proven: bool, confidence: float
) -> None:
    wrong = work(values)
    step = data.draw(st.integers(0, len(wrong.steps) - 1))
    found = Location(
        step,
        method,
        proven=proven,
        kind=kind,
        expression="1 + 1",
        wrong="3",
        right="2",
        confidence=confidence,
    )
    said = symbolic_feedback(random.Random(seed), wrong, found)
    assert not re.search(r"\d", said)
    assert "{" not in said
    named = named_steps(said, wrong)
    assert named in {(), (step,)}
    if not (proven or confidence > 0.9):
        assert not named
    elif method != "answer" and kind != "final_answer":
        assert named == (step,)
    assert not any(reveals(said, str(v)) for v in values)


@pytest.mark.parametrize(
    ("text", "answer", "given_away"),
    [
        ("It should be 1,500.0, not 1400.", "1500", True),
        ("Check 12 / 4 there.", "12", True),
        ("Check 12 / 4 there.", "3", True),
        ("Check 12 / 4 there.", "4", True),
        ("Look at the third step.", "3", False),
        ("Look at 30 again.", "3", False),
        ("Look at 3.5 again.", "3", False),
        ("It is \\frac{1}{2}.", "\\frac{1}{2}", True),
        ("It is 0.5.", "1/2", True),
        ("You wrote -4.", "4", True),
    ],
)
def test_what_gives_an_answer_away(text: str, answer: str, given_away: bool) -> None:
    assert reveals(text, answer) is given_away


def test_steps_are_called_by_their_own_label() -> None:
    assert step_name("**Step 4**: 3 + 4", 0) == "the fourth step"
    assert step_name("Then 3 + 4", 1) == "the second step"
    assert step_name("Then 3 + 4", 40) is None


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Check the first step: an operation is carried out wrongly.", True),
        ("Check the second step.", False),
        ("Check step 2.", False),
        ("Look again.", True),
        ("The first step should give 9.", False),
        ("The answer is 12.", False),
        ("The reference solution has another value in the first step.", False),
        ("Look. " * 200, False),
    ],
)
def test_a_teachers_feedback_is_checked(text: str, good: bool) -> None:
    wrong = attempt("Step 1: 4 + 5 = 8\nStep 2: 8 + 3 = 11\nThe answer is 11.")
    found = Location(
        0, "equations", proven=True, kind="calculation", expression="4 + 5", wrong="8", right="9"
    )
    assert acceptable(text, wrong, "12", found) is good


@pytest.mark.parametrize(
    "name",
    [
        *("GOES_WRONG", "GOES_WRONG_AT_ONCE", "LOOK_AT", "UNLOCATED", "ANSWER_ONLY"),
        *("ASK_FEEDBACK", "NO_MISTAKE"),
    ],
)
def test_the_banks_are_large_and_hold_no_digit(name: str) -> None:
    bank = getattr(texts, name)
    assert len(set(bank)) == len(bank) >= 30
    assert not any(re.search(r"\d", text) for text in bank)
    wanted = ["{step}"] if name in {"GOES_WRONG", "GOES_WRONG_AT_ONCE", "LOOK_AT"} else []
    assert all(re.findall(r"\{\w*\}", text) == wanted for text in bank)


def test_every_kind_of_mistake_spoken_of_is_one() -> None:
    assert set(texts.KIND) <= set(KINDS)


def test_praise_is_a_verdict_that_can_be_read() -> None:
    assert all(stated_verdict(text) is True for text in texts.NO_MISTAKE)
