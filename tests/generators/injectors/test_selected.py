"""Mistakes that the policy would make itself: proven, likely under it, and the same every time."""

import asyncio
import math
import random
from pathlib import Path

import pytest

from filters.verify.math.judge import Judge
from generators.engines.base import Engine, Sampling
from generators.engines.journal import Journal
from generators.engines.journaled import JournaledEngine
from generators.engines.scripted import Scripted
from generators.injectors.base import Subject
from generators.injectors.continued import continue_wrongly
from generators.injectors.inject import Injected
from generators.injectors.likelihood import wrong_step
from generators.injectors.numbers import Numbers
from generators.injectors.selected import Choice, candidates, select
from generators.roles import PromptOptions, Role
from schemas.injection import Injection
from schemas.problem import Problem

PROBLEM = Problem(
    statement="Mia has 48 pens and buys 24 more. She gives 15 away. How many has she now?",
    answer="57",
    solution="Step 1: 48 + 24 = 72\nStep 2: 72 - 15 = 57\nThe answer is \\boxed{57}.",
)
SUBJECT = Subject(problem=PROBLEM, solution=PROBLEM.solution)
FORGOT_TEN = "Step 1: 48 + 24 = 62\nStep 2: 62 - 15 = 47\nThe answer is \\boxed{47}."
BORROWED = "Step 1: 48 + 24 = 72\nStep 2: 72 - 15 = 67\nThe answer is \\boxed{67}."
LUCKY = "Step 1: 48 + 24 = 82\nStep 2: 82 - 15 = 57\nThe answer is \\boxed{57}."
CALCULATION = {"calculation": 1.0}


def role(engine: Engine) -> Role:
    return Role(engine, Sampling(temperature=1.0, max_tokens=60))


def policy(*replies: str) -> Role:
    return role(Scripted(replies={PROBLEM.statement: replies}).open())


def selected(
    asked: Role, seed: int = 0, count: int = 1, choice: Choice = "likeliest", least: float = -math.inf
) -> Injected:
    with Judge() as judge:
        messages = PromptOptions().messages(PROBLEM)
        return asyncio.run(
            select(
                SUBJECT, [Numbers()], asked, messages, random.Random(seed), judge,
                count=count, weights=CALCULATION, choice=choice, least=least,
            )
        )  # fmt: skip


def continued(asked: Role, seed: int = 0, count: int = 1, samples: int = 4) -> Injected:
    with Judge() as judge:
        messages = PromptOptions().messages(PROBLEM)
        return asyncio.run(
            continue_wrongly(
                SUBJECT, asked, messages, random.Random(seed), judge, count=count, samples=samples
            )
        )


def texts(found: Injected) -> list[str]:
    return [injection.text for injection in found.accepted]


def test_the_likeliest_proven_mistake_is_the_one_the_policy_makes() -> None:
    assert texts(selected(policy(PROBLEM.solution, FORGOT_TEN, FORGOT_TEN, BORROWED))) == [FORGOT_TEN]
    assert texts(selected(policy(PROBLEM.solution, FORGOT_TEN, BORROWED, BORROWED))) == [BORROWED]


def test_its_logprob_is_the_policys_own_per_token() -> None:
    (found,) = selected(policy(PROBLEM.solution, FORGOT_TEN, BORROWED, BORROWED)).accepted
    prefix, step = wrong_step(found)
    assert (prefix, step) == ("Step 1: 48 + 24 = 72\n", "Step 2: 72 - 15 = 67")
    # Three of the four replies begin with the prefix, two of these go on with the wrong step.
    assert found.logprob == pytest.approx(math.log(2 / 3) / len(step))


def test_proportional_draws_mistakes_as_often_as_the_policy_makes_them() -> None:
    asked = policy(PROBLEM.solution, FORGOT_TEN, FORGOT_TEN, FORGOT_TEN, BORROWED)
    drawn = [texts(selected(asked, seed, choice="proportional"))[0] for seed in range(60)]
    assert set(drawn) == {FORGOT_TEN, BORROWED}
    assert 0.55 < drawn.count(FORGOT_TEN) / len(drawn) < 0.93


def test_a_solution_in_which_the_policy_makes_no_such_mistake_is_left_alone() -> None:
    asked = policy(PROBLEM.solution, FORGOT_TEN)
    assert texts(selected(asked, count=50, least=-5.0)) == [FORGOT_TEN]
    assert texts(selected(policy(PROBLEM.solution), least=-5.0)) == []


def test_several_are_all_different_all_proven_and_end_where_the_injector_does() -> None:
    found = selected(policy(PROBLEM.solution), count=50, choice="proportional")
    assert len(set(texts(found))) == len(found.accepted) > 5
    assert all(injection.proven and injection.logprob is not None for injection in found.accepted)
    proposed = {c.text for c in candidates(SUBJECT, [Numbers()], ["calculation"], random.Random(0))}
    assert set(texts(found)) <= proposed


@pytest.mark.parametrize("choice", ["likeliest", "proportional"])
def test_the_same_arguments_and_a_journal_give_the_same_without_asking(
    tmp_path: Path, choice: Choice
) -> None:
    engine = Scripted(replies={PROBLEM.statement: (PROBLEM.solution, FORGOT_TEN, BORROWED)}).open()

    def both(replay_only: bool) -> list[tuple[Injection, ...]]:
        asked = role(JournaledEngine(engine, Journal(tmp_path), replay_only=replay_only))
        return [selected(asked, 3, 2, choice).accepted, continued(asked, 3, 2).accepted]

    bought = both(replay_only=False)
    assert both(replay_only=True) == bought
    assert all(bought)


def test_the_policy_is_followed_to_its_own_false_step() -> None:
    found = continued(policy(PROBLEM.solution, FORGOT_TEN, PROBLEM.solution, BORROWED), count=4)
    assert sorted(texts(found)) == sorted([FORGOT_TEN, BORROWED])
    for injection in found.accepted:
        assert injection.proven
        assert injection.logprob is not None
        assert injection.injector == "continued"


def test_a_slip_that_ends_right_by_luck_is_refused() -> None:
    found = continued(policy(LUCKY))
    assert found.accepted == ()
    assert [i.checks[-1].name for i in found.refused][:1] == ["answer_wrong"]


def test_another_right_way_is_no_slip() -> None:
    other = "Step 1: 48 - 15 = 33\nStep 2: 33 + 24 = 57\nThe answer is \\boxed{57}."
    assert continued(policy(other)) == Injected((), ())
