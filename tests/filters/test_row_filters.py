"""Each objection of each filter, by the smallest row that raises just that one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from filters.base import FILTERS
from filters.shape import Shape
from filters.truth import Truth
from filters.verify.math.judge import Judge
from schemas.attempt import Attempt, Step
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample, StepwiseExample
from schemas.problem import Problem
from schemas.segment import Message, Segment, SegmentKind, Span, compose
from schemas.verdict import Outcome, Verdict

PROBLEM = Problem(statement="What is 3 + 4?", answer="7", id="p")
COMMON = {
    "problem_id": "p",
    "recipe": "lemma",
    "error_kind": "calculation",
    "parents": ("a-1",),
    "policy": "m-1",
    "verified_by": "answer:exact",
}
USER = Message("user", "What is 3 + 4?")
RIGHT, WRONG = "3 + 4 = 7\nThe answer is \\boxed{7}.", "3 + 4 = 8\nThe answer is \\boxed{8}."


def sft(*segments: Segment, user: tuple[Message, ...] = (USER,), mistake: float = 0.0) -> SFTExample:
    text, spans = compose(segments, {"mistake": mistake}, message=len(user))
    return SFTExample(**COMMON, messages=(*user, Message("assistant", text)), spans=spans)  # type: ignore[arg-type]


def pair(
    chosen: str, rejected: str, verified_by: str = "answer:exact", located_by: str = ""
) -> PreferenceExample:
    common = {**COMMON, "verified_by": verified_by, "located_by": located_by}
    return PreferenceExample(
        **common,  # type: ignore[arg-type]
        prompt=(USER,),
        chosen=(Message("assistant", chosen),),
        rejected=(Message("assistant", rejected),),
        chosen_spans=(Span(0, len(chosen), "answer", 1.0),),
        rejected_spans=(Span(0, len(rejected), "mistake", 1.0),),
    )


def attempt(text: str, outcome: Outcome) -> Attempt:
    return Attempt(
        problem_id="p",
        text=text,
        steps=(Step(0, len(text)),),
        model="m",
        policy="m-1",
        index=0,
        verdict=Verdict(outcome, "equal", "exact"),
    )


ATTEMPTS = {RIGHT: attempt(RIGHT, Outcome.RIGHT), WRONG: attempt(WRONG, Outcome.WRONG)}
CASE = Case(PROBLEM, tuple(ATTEMPTS.values()))


def verdict_pair(chosen: str, rejected: str, on: str) -> PreferenceExample:
    """Two verdicts on an attempt that stands in the prompt."""
    return replace(
        pair(chosen, rejected, "verdict:exact"),
        prompt=(USER, Message("assistant", on)),
        parents=(ATTEMPTS[on].id,),
    )


def revision_pair(chosen: str, rejected: str) -> PreferenceExample:
    """What follows a wrong attempt that stands in the prompt."""
    return replace(pair(chosen, rejected), prompt=(USER, Message("assistant", WRONG)))


def spoken(on: str, verdict: str) -> SFTExample:
    """An attempt and a verdict on it as messages of their own."""
    kind: SegmentKind = "answer" if on == RIGHT else "mistake"
    spans = (
        Span(0, len(on), kind, float(on == RIGHT), 1),
        Span(0, len(verdict), "verdict", 1.0, 2),
    )
    common = {**COMMON, "verified_by": "verdict:exact", "parents": (ATTEMPTS[on].id,)}
    messages = (USER, Message("assistant", on), Message("assistant", verdict))
    return SFTExample(**common, messages=messages, spans=spans)  # type: ignore[arg-type]


def steps(*texts: str, first_error: int | None, located_by: str = "equations") -> StepwiseExample:
    return StepwiseExample(
        **{**COMMON, "located_by": located_by},  # type: ignore[arg-type]
        prompt=USER.content,
        completions=texts,
        labels=tuple(i != first_error for i in range(len(texts))),
        values=(None,) * len(texts),
        value_samples=(None,) * len(texts),
        first_error=first_error,
    )


GOOD: list[Example] = [
    sft(
        Segment("mistake", "3 + 4 = 8\n"),
        Segment("reflection", "No, 3 + 4 is 7.\n"),
        Segment("correction", RIGHT),
    ),
    sft(
        Segment("mistake", WRONG + "\n\n"),
        Segment("verdict", "8 is wrong.\n\n"),
        Segment("correction", RIGHT),
    ),
    sft(Segment("answer", RIGHT)),
    pair(RIGHT, WRONG),
    pair("3 + 4 = 7", "3 + 4 = 8", "continued:exact", "equations"),
    pair("3 + 4 = 7", "3 - 4 = -1", "continued:exact", "reference"),
    verdict_pair("[stop]", "[refine]", RIGHT),
    verdict_pair("<refine>", "<stop>", WRONG),
    revision_pair("[refine]\n" + RIGHT, "[stop]"),
    spoken(RIGHT, "Yes"),
    spoken(WRONG, "The answer is wrong."),
    steps("3 + 4 = 8", first_error=0),
    steps("3 + 4 = 7", "The answer is 8", first_error=1, located_by="answer"),
    steps("3 + 4 = 7", first_error=None, located_by=""),
]

SHAPE: list[tuple[str, Example]] = [
    ("bad_record", replace(sft(Segment("answer", RIGHT)), spans=(Span(0, 3, "answer", 1.0, 1),))),
    ("bad_record", sft(Segment("mistake", RIGHT))),  # nothing is learnt
    ("bad_record", pair(RIGHT, RIGHT)),
    ("bad_record", replace(steps("a", "b", first_error=1), first_error=0)),
    ("bad_roles", sft(Segment("answer", RIGHT), user=(USER, USER))),
    ("bad_roles", sft(Segment("answer", RIGHT), user=(USER, Message("system", "s")))),
    ("too_long", sft(Segment("answer", "7 " * 30_000))),
    ("control_character", sft(Segment("answer", "\x00" + RIGHT))),
    ("control_character", sft(Segment("answer", "\ufffd" + RIGHT))),
    ("leak", sft(Segment("answer", "The correct answer given is 7. " + RIGHT))),
    ("leak", sft(Segment("answer", "As the Reference solution shows, " + RIGHT))),
    ("leak", pair("Solution 2 says 7. " + RIGHT, WRONG)),
    ("leak", steps("By the ground truth, 3 + 4 = 7", first_error=None)),
]

TRUTH: list[tuple[str, Example]] = [
    ("right_side_fails", sft(Segment("answer", "The answer is \\boxed{8}."))),
    ("right_side_unknown", sft(Segment("answer", ""), Segment("correction", "\\boxed{}"))),
    ("wrong_side_right", sft(Segment("mistake", RIGHT + "\n"), Segment("correction", RIGHT))),
    ("wrong_answer_learnt", sft(Segment("correction", "The answer is 18.\nNo: " + RIGHT))),
    ("false_equation_learnt", sft(Segment("prefix", "1 + 1 = 3\n"), Segment("correction", RIGHT))),
    ("right_side_fails", pair(WRONG, WRONG + " ")),
    ("verdict_disagrees", verdict_pair("[refine]", "[stop]", RIGHT)),
    ("verdict_disagrees", verdict_pair("[stop]", "[stop] ", RIGHT)),
    ("verdict_unread", verdict_pair("[go on]", "[stop]", WRONG)),
    ("right_side_fails", revision_pair("[refine]\n" + WRONG, "[stop]")),
    ("wrong_side_right", revision_pair("[refine]\n" + RIGHT, "[stop] No: " + RIGHT)),
    ("verdict_disagrees", spoken(RIGHT, "No")),
    ("wrong_side_right", pair(RIGHT, RIGHT + " ")),
    ("false_equation_learnt", pair("3 + 4 = 9", "3 + 4 = 8", "continued:exact", "equations")),
    ("mistake_not_false", pair("3 + 4 = 7", "4 + 3 = 7", "continued:exact", "equations")),
    ("false_equation_learnt", steps("3 + 4 = 8", "8", first_error=1, located_by="answer")),
    ("mistake_not_false", steps("3 + 4 = 7", first_error=0)),
]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


@pytest.mark.parametrize("example", GOOD, ids=range(len(GOOD)))
@pytest.mark.parametrize("name", FILTERS.names())
def test_good_rows_are_kept(name: str, example: Example, judge: Judge) -> None:
    assert FILTERS.find(name)().objection(example, CASE, judge) is None


@pytest.mark.parametrize(("reason", "example"), SHAPE)
def test_shape_names_what_is_wrong(reason: str, example: Example, judge: Judge) -> None:
    assert Shape().objection(example, CASE, judge) == reason


@pytest.mark.parametrize(("reason", "example"), TRUTH)
def test_truth_names_what_is_wrong(reason: str, example: Example, judge: Judge) -> None:
    assert Truth().objection(example, CASE, judge) == reason


def test_a_reflection_may_quote_the_false_equation(judge: Judge) -> None:
    row = sft(
        Segment("mistake", "3 + 4 = 8\n"),
        Segment("reflection", "3 + 4 = 8 is wrong.\n"),
        Segment("correction", RIGHT),
    )
    assert Truth().objection(row, CASE, judge) is None


def test_equations_can_be_left_unchecked(judge: Judge) -> None:
    row = sft(Segment("prefix", "1 + 1 = 3\n"), Segment("correction", RIGHT))
    assert Truth(check_equations=False).objection(row, CASE, judge) is None
