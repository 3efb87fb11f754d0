"""Hints, growing beginnings, interruptions, and the balance score."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.balance import balance_score, mean_balance
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.guidance import guided, interrupted, without_answer
from generators.hinted import grounded, speaks_of_help, stands_alone
from generators.prompts import hints
from generators.recipes.guided_resampling import GuidedResampling
from generators.roles import Role
from schemas.case import Case
from schemas.example import SFTExample
from tests.world import Jars, case_of, tools

PROBLEM = Jars(1).problem
LONG = "Step 1: 4 * 5 = 20\nStep 2: 20 + 6 = 26\nStep 3: 26 + 0 = 26\nThe answer is \\boxed{26}."


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def door(judge: Judge, replies: tuple[str, ...], number: int = 1) -> Ask:
    """Jars' problem, whose policy answers only as told (whatever stands before the assistant's turn)."""
    engine = Scripted(replies={Jars(number).problem.statement: replies}, otherwise="\n").open()
    served = Tools(judge=judge, policy=Role(engine, Sampling(temperature=1.0)))
    case = asyncio.run(case_of(number, tools(number + 1, judge)))
    return Ask(case, served).for_recipe("guided_resampling")


@given(st.integers(1, 64), st.data())
def test_the_balance_score_is_b_stars(selected: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, selected))
    expected = right / selected if right >= 8 else right * right / (8 * selected)
    assert balance_score(selected, right) == pytest.approx(expected)


def test_the_balance_of_several_problems_is_their_mean() -> None:
    assert mean_balance([(8, 8), (8, 0), (0, 0)]) == pytest.approx(1 / 3)
    assert mean_balance([]) == 0
    with pytest.raises(ValueError, match="right of"):
        balance_score(2, 3)


def test_right_beginnings_grow_from_try_to_try(judge: Judge) -> None:
    ask = door(judge, (LONG,))
    solution = next(s for s in ask.solutions() if s.parent != "reference")
    made = asyncio.run(guided(ask, "state_reset", solution, 2))
    assert [one.segments[0].text for one in made] == [
        "Step 1: 4 * 5 = 20\n"
    ]  # right at once: no more is given
    assert "".join(s.text for s in made[0].segments) == made[0].attempt.text == LONG
    assert made[0].source == solution.parent


def test_a_beginning_that_does_not_help_grows(judge: Judge) -> None:
    wrong = "Step 1: 4 * 5 = 20\nStep 2: 20 + 6 = 27\nThe answer is \\boxed{27}."
    ask = door(judge, (wrong,))
    solution = next(
        s for s in ask.solutions() if s.parent != "reference" and s.text.startswith("Step 1: 4 * 5")
    )
    made = asyncio.run(guided(ask, "state_reset", solution, 4))
    lengths = [len(one.segments[0].text) for one in made]
    assert lengths == sorted(set(lengths)) and len(lengths) == len(solution.steps) - 1


def test_a_rationale_is_shown_without_its_answer(judge: Judge) -> None:
    ask = door(judge, (LONG,))
    for solution in ask.solutions():
        shown = without_answer(ask, solution)
        assert shown and "26" not in shown


def test_interruptions_stand_at_growing_budgets(judge: Judge) -> None:
    replies = [LONG]
    # After each trigger the same policy would go on; the scripted one has the continuation as a whole reply.
    ask = door(judge, tuple(replies))
    got = asyncio.run(interrupted(ask, budget=9, growth=2.0, most=2))
    assert got == []  # finished within the budget: nothing to interrupt
    got = asyncio.run(interrupted(ask, budget=1, growth=2.0, most=1))
    assert [s.kind for one in got for s in one.segments] == ["prefix", "trigger", "continuation"]
    one = got[0]
    assert one.segments[0].text == "Step 1: 4 * 5 = 20\n"
    assert one.segments[1].text.strip() in hints.TRIGGERS
    assert "".join(s.text for s in one.segments) == one.attempt.text


@pytest.mark.parametrize(
    ("text", "helped"),
    [
        ("3 + 4 = 7. The answer is 7.", False),
        ("As the hint says, 7.", True),
        ("My previous attempt was wrong.", True),
        ("Following the solution above, 7.", True),
        ("Since the correct answer is 7, we add.", True),
        ("We know that the answer is 7.", True),
        ("The teacher has 7 apples.", True),  # refused though harmless: a lost row, not a wrong one
        ("The solution of the equation is x = 7.", False),
        ("His first answer sheet had 3 pages.", True),
    ],
)
def test_what_speaks_of_help(text: str, helped: bool) -> None:
    assert speaks_of_help(text) is helped


def test_bare_answers_do_not_stand_alone(judge: Judge) -> None:
    ask = door(
        judge, (LONG, "The answer is \\boxed{26}.", "By the hint: 4 * 5 = 20, 20 + 6 = 26. The answer is 26.")
    )
    made = asyncio.run(ask.answers(3, "try"))
    assert [stands_alone(ask, a) for a in made] == [True, False, False]
    assert all(a.verdict.is_right for a in made)


@pytest.mark.parametrize(
    "scrap",
    [
        "4 * 5 = 20\n20 + 6 = 26\nStep 3: 26 }.",
        "4 * 5 = 20\nThat is \\boxed{ so 20 + 6 = 26\nThe answer is \\boxed{26}.",
        "53 / 2 = 26\nThe answer is \\boxed{26}.",
        "5 * 6 = 30\n30 - 4 = 26\nThe answer is \\boxed{26}.",
        "Step 1: 4 * 5 = 20\nStep 1: 20 + 6 = 26\nThe answer is \\boxed{26}.",
    ],
    ids=[
        "no answer stated",
        "open brace",
        "rounded",
        "another way than the reference",
        "steps out of order",
    ],
)
def test_scraps_and_lucky_answers_do_not_stand_alone(scrap: str, judge: Judge) -> None:
    ask = door(judge, (LONG, scrap))
    good, bad = asyncio.run(ask.answers(2, "try"))
    assert bad.text == scrap and stands_alone(ask, good) and not stands_alone(ask, bad)


def test_factors_between_units_have_their_source_in_the_units(judge: Judge) -> None:
    ask = door(judge, ("4 * 60 = 240\n240 + 6 = 246\nThe answer is \\boxed{246}.",))
    (made,) = asyncio.run(ask.answers(1, "try"))
    timed = replace(ask.case.problem, statement="How many minutes are 4 hours and 6 minutes?")
    assert not grounded(ask, made)
    ask.case = replace(ask.case, problem=timed)
    assert grounded(ask, made)


def test_problems_with_enough_right_samples_are_left_alone(judge: Judge) -> None:
    ask = door(judge, (LONG,))
    rows = asyncio.run(GuidedResampling(enough=0.2).build(ask.case, ask))
    assert rows == [] and "not_hard" in ask.skipped and any(s.startswith("balance_") for s in ask.counted)


def test_an_unsolved_problem_is_resampled(judge: Judge) -> None:
    number = 6  # a problem of the world without any right answer
    right = Jars(number).right()
    ask = door(judge, (right,), number)
    case: Case = ask.case
    assert not case.rights
    rows = asyncio.run(GuidedResampling(most=2).build(case, ask))
    assert rows and all(row.verified_by == "answer:exact" for row in rows)
    for row in rows:
        assert isinstance(row, SFTExample) and len(row.messages) == 2 and row.messages[0] == ask.prompt[0]


def test_the_bank_of_triggers_is_large() -> None:
    assert len(set(hints.TRIGGERS)) == len(hints.TRIGGERS) >= 30
    assert len(set(hints.SEE_SOLUTION)) == len(hints.SEE_SOLUTION) >= 30
