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
from generators.prompts import rechecks
from generators.roles import Role
from generators.steps import split_steps
from generators.verification import checkable, fits, own_words, verification
from generators.written import Written
from schemas.attempt import Attempt
from schemas.location import Location
from tests.world import Jars, case_of, tools

MARKS = ("[VERIFY] correct", "[VERIFY] wrong")


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


@pytest.fixture(scope="module")
def served(judge: Judge) -> Tools:
    return tools(7, judge)


def said(served: Tools, reply: str, right: bool, closing: tuple[str, str] | None = MARKS) -> Written:
    """The verification of an attempt by a teacher that always replies the same."""

    async def run() -> Written:
        teacher = Role(Scripted(otherwise=reply, model="teacher").open(), Sampling())
        case = await case_of(0, served)
        ask = Ask(case, replace(served, teacher=teacher)).for_recipe("test")
        attempt = (case.rights if right else case.wrongs)[0]
        made = await verification(ask, attempt, closing=closing)
        assert made is not None
        return made

    return asyncio.run(run())


def test_our_own_words_give_the_judges_verdict_and_no_false_equation(served: Tools) -> None:
    for number in range(7):
        case = asyncio.run(case_of(number, served))
        ask = Ask(case, served).for_recipe("test")
        for attempt in case.attempts:
            for seed in range(6):
                found = ask.glance(attempt)
                text = own_words(random.Random(seed), attempt, case.problem.statement, found=found)
                assert bool(text) == checkable(ask, attempt)
                if text:
                    assert stated_verdict(text) is attempt.verdict.is_right, text
                    assert all(e.holds is not False for e in equations(text)), text


def test_without_anything_to_show_there_is_no_check(served: Tools) -> None:
    case = asyncio.run(case_of(0, served))
    text = "It must be so. The answer is \\boxed{3}."
    for attempt in (case.rights[0], case.wrongs[0]):
        bare = replace(attempt, text=text, steps=tuple(split_steps(text)))
        assert not own_words(random.Random(0), bare, case.problem.statement)


def test_a_right_answer_is_confirmed_by_the_equation_that_gives_it(served: Tools) -> None:
    right = asyncio.run(case_of(0, served)).rights[0]
    steps = "3 * 4 = 12\n5 + 6 = 11\n8 + 9 = 17\n20 + 1 = 21\n30 + 2 = 32\n"
    for text, enough in (
        (f"{steps}The answer is \\boxed{{17}}.", True),
        ("3 * 4 = 12. So \\boxed{17}.", False),
    ):
        attempt = replace(right, text=text, steps=tuple(split_steps(text)))
        for seed in range(10):
            said = own_words(random.Random(seed), attempt, "How many?")
            assert bool(said) is enough and ("8 + 9 = 17" in said) is enough


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(0.95, "25 + 16"), (0.7, "the second step"), (0.5, "")],
    ids=["sure", "likely", "no"],
)
def test_a_place_is_named_as_surely_as_it_is_known(served: Tools, confidence: float, said: str) -> None:
    text = "Step 1: 3 * 4 = 12\nStep 2: 25 + 16 = 41\nThe answer is \\boxed{41}."
    wrong = replace(asyncio.run(case_of(0, served)).wrongs[0], text=text, steps=tuple(split_steps(text)))
    found = Location(1, "reference", proven=False, expression="25 + 16", confidence=confidence)
    for seed in range(40):
        made = own_words(random.Random(seed), wrong, Jars(0).problem.statement, found=found)
        assert said in made and bool(made) == bool(said)
        assert not made or stated_verdict(made) is False
        assert confidence != 0.7 or "25 + 16" not in made


@pytest.mark.parametrize("step", [0, 1, 2])
def test_nothing_behind_the_first_mistake_is_tested(served: Tools, step: int) -> None:
    text = "Step 1: 3 * 4 = 12\nStep 2: 4 * 9 = 36\nStep 3: 36 + 54 = 80\nThe answer is \\boxed{80}."
    wrong = replace(asyncio.run(case_of(0, served)).wrongs[0], text=text, steps=tuple(split_steps(text)))
    found = Location(step, "reference", proven=False, expression="what it computes", confidence=0.95)
    for seed in range(40):
        made = own_words(random.Random(seed), wrong, Jars(0).problem.statement, found=found)
        assert stated_verdict(made) is False
        assert ("36 + 54" in made or "80 is not" in made) is (step == 2)
        assert "4 * 9" not in made or step == 2
        assert not any(text in made for text in rechecks.ELSEWHERE)  # 36 + 54 is not 80


def test_a_marker_stands_on_a_line_of_its_own(served: Tools) -> None:
    async def run() -> list[tuple[Attempt, Written | None]]:
        case = await case_of(0, served)
        ask = Ask(case, served).for_recipe("test")
        return [(a, await verification(ask, a, closing=MARKS)) for a in case.attempts]

    checked = [(a, made.text) for a, made in asyncio.run(run()) if made]
    assert len({a.verdict.is_right for a, _ in checked}) == 2
    for attempt, text in checked:
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
