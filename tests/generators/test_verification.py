"""Verifications: the verdict is the judge's, what is said is true, and a model's is taken only where it fits."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from filters.verify.equations import equations
from filters.verify.math.judge import Judge
from filters.verify.stated_verdict import stated_verdict
from generators.ask import Ask, Tools
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.roles import Role
from generators.verification import fits, own_words, verification
from generators.written import Written
from schemas.attempt import Attempt
from tests.world import Jars, case_of, tools

MARKS = ("[VERIFY] correct", "[VERIFY] wrong")


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


@pytest.fixture(scope="module")
def served(judge: Judge) -> Tools:
    return tools(7, judge)


def attempts(served: Tools) -> list[Attempt]:
    return [a for n in range(7) for a in asyncio.run(case_of(n, served)).attempts]


def said(served: Tools, reply: str, right: bool, closing: tuple[str, str] | None = MARKS) -> Written:
    """The verification of an attempt by a teacher that always replies the same."""

    async def run() -> Written:
        teacher = Role(Scripted(otherwise=reply, model="teacher").open(), Sampling())
        case = await case_of(0, served)
        ask = Ask(case, replace(served, teacher=teacher)).for_recipe("test")
        return await verification(ask, (case.rights if right else case.wrongs)[0], closing=closing)

    return asyncio.run(run())


def test_our_own_words_give_the_judges_verdict_and_no_false_equation(served: Tools) -> None:
    for attempt in attempts(served):
        for seed in range(6):
            text = own_words(random.Random(seed), attempt, Jars(0).problem.statement)
            assert stated_verdict(text) is attempt.verdict.is_right, text
            assert all(e.holds is not False for e in equations(text)), text


def test_a_marker_stands_on_a_line_of_its_own(served: Tools) -> None:
    async def run() -> list[tuple[Attempt, str]]:
        case = await case_of(0, served)
        ask = Ask(case, served).for_recipe("test")
        return [(a, (await verification(ask, a, closing=MARKS)).text) for a in case.attempts]

    for attempt, text in asyncio.run(run()):
        assert text.split("\n")[-1] == MARKS[0 if attempt.verdict.is_right else 1]
        assert stated_verdict(text) is attempt.verdict.is_right


def test_a_models_check_is_taken_where_it_fits(served: Tools) -> None:
    made = said(served, "15 - 3 = 12 bears it out.\n[VERIFY] correct", right=True)
    assert made.by == "teacher" and made.teacher
    assert made.text == "15 - 3 = 12 bears it out.\n[VERIFY] correct"


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ("It holds.\n[VERIFY] wrong", True),
        ("It holds.\n[VERIFY] correct", False),
        ("[VERIFY] wrong? No.\n[VERIFY] correct", True),
        ("It holds. [VERIFY] correct, I think", True),
        ("7 + 7 = 15, so it holds.\n[VERIFY] correct", True),
        (f"It should be {Jars(0).problem.answer}.\n[VERIFY] wrong", False),
        ("The reference solution says otherwise.\n[VERIFY] wrong", False),
        ("So. " * 200 + "\n[VERIFY] correct", True),
    ],
    ids=["wrong verdict", "false praise", "two", "not last", "false equation", "gives away", "leak", "long"],
)
def test_a_models_check_that_does_not_fit_gives_way_to_ours(served: Tools, reply: str, right: bool) -> None:
    made = said(served, reply, right)
    assert made.by == "bank" and stated_verdict(made.text) is right


def test_a_false_equation_may_be_quoted_from_the_attempt(served: Tools) -> None:
    case = asyncio.run(case_of(0, served))
    wrong = next(a for a in case.wrongs if any(e.holds is False for e in equations(a.text)))
    false = next(e for e in equations(wrong.text) if e.holds is False)
    text = f"{false.left} = {false.stated} does not hold. The answer is wrong."
    assert fits(text, wrong, Jars(0).problem, "The answer is wrong.")
    assert not fits(
        "1 + 1 = 3 does not hold. The answer is wrong.", wrong, Jars(0).problem, "The answer is wrong."
    )
