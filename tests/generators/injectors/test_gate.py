"""SPC's gate: kept where the policy succeeds before the mistake and never after it."""

import asyncio
from dataclasses import replace

from filters.verify.math.judge import Judge
from generators.ask import Ask
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.injectors.gate import CHECK
from generators.roles import Role
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.injection import Injection
from tests.world import Jars, case_of, tools

JARS = Jars(3)
RIGHT = JARS.right()


def injected(replies: tuple[str, ...], gate: int) -> list[Injection]:
    with Judge() as judge:
        engine = Scripted(replies={JARS.problem.statement: replies}, otherwise="")
        served = replace(tools(5, judge), policy=Role(engine.open(), Sampling(temperature=1.0)))

        async def ask() -> list[Injection]:
            door = Ask(await case_of(3, tools(5, judge)), served)
            solution = Solution(RIGHT, split_steps(RIGHT), "reference")
            return await door.inject(solution, {"calculation": 1.0}, gate=gate)

        return asyncio.run(ask())


def test_a_mistake_is_kept_where_it_costs_the_answer() -> None:
    (mistake,) = injected((RIGHT,), 0)
    (kept,) = injected((*[RIGHT] * 7, mistake.text), 8)
    assert kept.text == mistake.text
    check = kept.checks[-1]
    assert (check.name, check.passed) == (CHECK, True)
    assert check.seen.endswith("before the step, 0 of 8 right after it")


def test_a_mistake_is_refused_where_the_policy_fails_anyway_or_repairs_it() -> None:
    (mistake,) = injected((RIGHT,), 0)
    step = split_steps(mistake.text)[mistake.step]
    repaired = (
        mistake.text[: step.end].rstrip() + f"\nNo, wait.\nThe answer is \\boxed{{{JARS.problem.answer}}}."
    )
    assert injected((RIGHT, mistake.text), 8) == []  # half fail before it
    assert injected((*[RIGHT] * 7, repaired), 8) == []
