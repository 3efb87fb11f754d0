"""A row that ends in feedback is proven again: its parent is wrong, the answer is not in it, the step is false."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from filters.truth import Truth
from filters.verify.math.judge import Judge
from generators.recipes.didactic_dialogue import DidacticDialogue
from schemas.case import Case
from schemas.example import SFTExample
from schemas.segment import Message
from tests.generators.recipes.served import build, door, talks


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


@pytest.fixture(scope="module")
def row(judge: Judge) -> tuple[SFTExample, Case]:
    ask = door(judge, "didactic_dialogue")
    rows = talks(build(DidacticDialogue(dialogues=5, predict=5), ask), "predicted")
    return next(r for r in rows if r.verified_by == "feedback:equations"), ask.case


def saying(row: SFTExample, text: str) -> SFTExample:
    """The row with another feedback."""
    *spans, last = row.spans
    messages = (*row.messages[:-1], Message("assistant", text))
    return replace(row, messages=messages, spans=(*spans, replace(last, end=len(text))))


def test_feedback_as_it_was_made_holds(row: tuple[SFTExample, Case], judge: Judge) -> None:
    assert Truth().objection(*row, judge) is None


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("It should come to 26.", "feedback_reveals"),
        ("It should come to 26.0.", "feedback_reveals"),
        ("Look at the third step.", "feedback_elsewhere"),
        ("Look at step 3.", "feedback_elsewhere"),
        ("Look again.", None),
    ],
)
def test_other_feedback_is_judged(
    row: tuple[SFTExample, Case], judge: Judge, text: str, objection: str | None
) -> None:
    assert Truth().objection(saying(row[0], text), row[1], judge) == objection


def test_feedback_on_a_right_attempt_is_refused(row: tuple[SFTExample, Case], judge: Judge) -> None:
    right = row[1].rights[0].id
    moved = replace(row[0], parents=(right, *row[0].parents[1:]))
    assert Truth().objection(moved, row[1], judge) == "feedback_on_right"
