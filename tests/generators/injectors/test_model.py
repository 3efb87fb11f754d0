"""A teacher's mistakes: what of its replies is taken, and what the proof says of it."""

import asyncio
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.ask import Ask
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.injectors.base import Subject
from generators.injectors.model import ModelInjector, differences, prove
from generators.prompts.injections import EXAMPLES
from generators.roles import Role
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.errors import KINDS
from schemas.injection import Injection, apply
from schemas.problem import Problem
from tests.world import Jars, case_of, tools

JARS = Jars(3)
SUBJECT = Subject(problem=JARS.problem, solution=JARS.right())
A, B, C = JARS.values
MISREAD = (
    f"Step 1: {A} + {B} = {A + B}\nStep 2: {A + B} + {C} = {A + B + C}\nThe answer is \\boxed{{{A + B + C}}}."
)


def teacher(*replies: str) -> Role:
    engine = Scripted(replies={JARS.problem.statement: replies}).open()
    return Role(engine, Sampling(temperature=1.0))


def proposed(kind: str, step: int, *replies: str) -> list[Injection]:
    injector = ModelInjector(samples=len(replies))
    return asyncio.run(injector.propose(SUBJECT, kind, step, teacher(*replies), random.Random(0)))


def test_a_reply_becomes_edits_of_which_the_first_is_the_cause() -> None:
    (made,) = proposed("concept", 0, f"<wrong>\n{MISREAD}\n</wrong>")
    assert made.text == apply(SUBJECT.solution, made.edits) == MISREAD
    assert made.before == "*"
    assert made.after == "+"
    assert [e.role for e in made.edits][1:] == ["consequence"] * (len(made.edits) - 1)
    assert (made.step, made.answer, made.injector, made.kind) == (0, str(A + B + C), "model", "concept")


@pytest.mark.parametrize(
    "reply",
    [
        MISREAD,
        f"Sure! <wrong>{MISREAD}</wrong>",
        f"<wrong>{MISREAD}</wrong> The mistake is in step 1.",
        f"<wrong>{MISREAD}",
        f"<wrong>{MISREAD}</wrong><wrong>{MISREAD}</wrong>",
        f"<wrong>{MISREAD} I forgot to multiply.</wrong>",
        f"<wrong>{MISREAD} This is incorrect.</wrong>",
        f"<wrong>{JARS.right()}</wrong>",
        f"<wrong>{JARS.wrong('slip_second')}</wrong>",
        "<wrong></wrong>",
        f"<wrong>{MISREAD * 3}</wrong>",
    ],
    ids=lambda r: r[:30] + r[-20:],
)
def test_what_is_not_of_the_form_is_not_taken(reply: str) -> None:
    assert not proposed("concept", 0, reply)


def test_text_before_the_step_must_stay() -> None:
    assert proposed("calculation", 1, f"<wrong>{JARS.wrong('slip_second')}</wrong>")
    assert not proposed("calculation", 1, f"<wrong>{JARS.wrong('slip_first')}</wrong>")
    assert not proposed("calculation", 9, f"<wrong>{JARS.wrong('slip_first')}</wrong>")


def test_the_proof_says_whether_equations_or_the_judge_alone_have_shown_it() -> None:
    (by_equation,) = proposed("calculation", 0, f"<wrong>{JARS.wrong('slip_first')}</wrong>")
    (by_judge,) = proposed("concept", 0, f"<wrong>{MISREAD}</wrong>")
    (other_kind,) = proposed("concept", 0, f"<wrong>{JARS.wrong('slip_first')}</wrong>")
    (still_right,) = proposed("concept", 0, f"<wrong>{JARS.right(again=True)}</wrong>")
    with Judge() as judge:
        shown = prove(by_equation, SUBJECT, judge)
        assert shown.proven
        assert "step_false" in [c.name for c in shown.checks]
        alone = prove(by_judge, SUBJECT, judge)
        assert alone.proven
        assert [c.name for c in alone.checks] == [
            "prefix_untouched",
            "equations_hold",
            "answer_wrong",
            "judge_only",
        ]
        assert [c.name for c in prove(other_kind, SUBJECT, judge).checks if not c.passed] == [
            "equations_hold"
        ]
        assert [c.name for c in prove(still_right, SUBJECT, judge).checks if not c.passed] == ["answer_wrong"]


def test_the_prompt_holds_the_problem_the_kind_and_no_open_field() -> None:
    for kind, entry in KINDS.items():
        if entry.domain == "math":
            text = ModelInjector().prompt(SUBJECT, kind, 1)
            assert SUBJECT.problem.statement in text
            assert entry.definition in text
            assert SUBJECT.solution in text
            assert "{step}" not in text
            assert "{wrong}" not in text


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_example_is_one_that_would_be_taken_and_proven(kind: str) -> None:
    example = EXAMPLES[kind]
    answer = example.right.rpartition(" ")[2].rstrip(".")
    own = Subject(problem=Problem(statement=example.statement, answer=answer), solution=example.right)
    made = ModelInjector().read(f"<wrong>{example.wrong}</wrong>", own, kind, example.step - 1)
    assert made is not None
    with Judge() as judge:
        proven = prove(made, own, judge)
    assert proven.proven, proven.checks


def test_the_door_asks_the_teacher_only_where_programs_make_nothing() -> None:
    with Judge() as judge:
        served = replace(tools(5, judge), teacher=teacher(f"<wrong>{MISREAD}</wrong>"))

        async def ask(weights: dict[str, float]) -> list[Injection]:
            door = Ask(await case_of(3, served), served)
            text = JARS.right()
            return await door.inject(Solution(text, split_steps(text), "reference"), weights)

        (by_program,) = asyncio.run(ask({"calculation": 1.0}))
        (by_teacher,) = asyncio.run(ask({"question_misread": 1.0}))
        assert asyncio.run(ask({"question_misread": 1.0})) == [by_teacher]
        served = replace(served, teacher=None)
        assert asyncio.run(ask({"question_misread": 1.0})) == []
    assert by_program.injector == "numbers"
    assert by_program.proven
    assert by_teacher.injector == "model"
    assert by_teacher.text == MISREAD


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab 1\n.\\{é", max_size=30), st.text(alphabet="ab 1\n.\\{é", max_size=30))
def test_differences_rebuild_the_text(one: str, other: str) -> None:
    edits = differences(one, other)
    assert apply(one, edits) == other
    assert bool(edits) == (one != other)
    if edits:
        assert [e.role == "cause" for e in edits].count(True) == 1
        assert one[: edits[0].start] == other[: edits[0].start]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(0, 2))
def test_no_reply_makes_it_raise(reply: str, step: int) -> None:
    for text in (reply, f"<wrong>{reply}</wrong>", f"<wrong>{SUBJECT.solution}{reply}</wrong>"):
        made = ModelInjector().read(text, SUBJECT, "concept", step)
        if made is not None:
            place = split_steps(SUBJECT.solution)[step]
            assert made.text.startswith(SUBJECT.solution[: place.start])
