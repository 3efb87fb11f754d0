"""The proof believes no injector: it refuses what is forged, and says what it saw."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from filters.verify.math.judge import Judge
from generators.dataflow.propagate import Change, propagate
from generators.dataflow.reading import read
from generators.injectors.base import Subject
from generators.injectors.proof import CHECKS, prove
from schemas.injection import Edit, Injection, apply
from schemas.problem import Problem

TEXT = (
    "She sold 48/2 = <<48/2=24>>24 clips in May.\nShe sold 48+24 = <<48+24=72>>72 clips altogether.\n#### 72"
)
SUBJECT = Subject(
    problem=Problem(statement="48 clips in April and half as many in May. How many?", answer="72"),
    solution=TEXT,
)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as made:
        yield made


def injection(kind: str, edits: list[tuple[str, str]], step: int = 0) -> Injection:
    """Edits as (old, new), each old text sought after the one before it."""
    made: list[Edit] = []
    at = 0
    for old, new in edits:
        start = TEXT.index(old, at)
        at = start + len(old)
        made.append(Edit(start, at, new, "consequence" if made else "cause"))
    return Injection(
        injector="t", kind=kind, original=TEXT, text=apply(TEXT, tuple(made)), edits=tuple(made), step=step
    )


RIGHT_NOTE = [("24>>", "34>>"), ("24 clips", "34 clips")]
FOLLOWS = [("24 = <<", "34 = <<"), ("24=72>>72", "34=82>>82"), ("#### 72", "#### 82")]


def failed(made: Injection) -> str:
    return next((c.name for c in made.checks if not c.passed), "")


def test_a_wrong_result_carried_through_is_proven(judge: Judge) -> None:
    made = prove(injection("calculation", [*RIGHT_NOTE, *FOLLOWS]), SUBJECT, judge)
    assert [c.name for c in made.checks] == list(CHECKS)
    assert made.proven
    assert {c.name: c.seen for c in made.checks}["step_false"] == "48 / 2 = 34 is false"


@pytest.mark.parametrize(
    ("kind", "edits", "step", "check"),
    [
        ("calculation", [*RIGHT_NOTE, *FOLLOWS], 1, "prefix_untouched"),
        ("operator", [*RIGHT_NOTE, *FOLLOWS], 0, "step_false"),
        ("calculation", [("clips altogether", "shells altogether")], 1, "step_false"),
        ("calculation", RIGHT_NOTE, 0, "answer_wrong"),
        ("calculation", [*RIGHT_NOTE, ("#### 72", "#### 82")], 0, "one_cause"),
        ("calculation", [*RIGHT_NOTE, FOLLOWS[0], ("24=72>>72", "34=92>>92"), ("#### 72", "#### 92")], 0, "one_cause"),
        ("final_answer", [("#### 72", "#### 72.0")], 2, "answer_wrong"),
    ],
)  # fmt: skip
def test_what_is_forged_is_refused(
    judge: Judge, kind: str, edits: list[tuple[str, str]], step: int, check: str
) -> None:
    made = prove(injection(kind, edits, step), SUBJECT, judge)
    assert not made.proven
    assert failed(made) == check


def test_a_solution_that_is_not_the_subjects_is_refused(judge: Judge) -> None:
    made = injection("calculation", [*RIGHT_NOTE, *FOLLOWS])
    other = replace(SUBJECT, solution=TEXT + " ")
    assert failed(prove(made, other, judge)) == "prefix_untouched"


def test_a_wrong_original_is_refused(judge: Judge) -> None:
    made = injection("calculation", [*RIGHT_NOTE, *FOLLOWS])
    other = replace(SUBJECT, problem=Problem(statement="48 clips?", answer="100"))
    assert failed(prove(made, other, judge)) == "answer_wrong"


def test_two_mistakes_in_one_text_are_refused(judge: Judge) -> None:
    graph = read(SUBJECT.problem.statement, TEXT)
    edits, answer = propagate(graph, Change(0, {}, {0: Fraction(34), 1: Fraction(84)}))
    made = Injection(
        injector="t",
        kind="calculation",
        original=TEXT,
        text=apply(TEXT, edits),
        edits=edits,
        step=0,
        answer=answer,
    )
    assert failed(prove(made, SUBJECT, judge)) == "one_cause"
