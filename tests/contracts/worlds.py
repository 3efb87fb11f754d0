"""Cases that every recipe is tried on: a small world of known mistakes, made problems, and real answers.

`jars` and `procedural` have a scripted policy; `gsm8k` and `math` are real problems with real models'
answers, and no model. Each yields its checked cases and the tools they are served with.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

from filters.verify.math.judge import Judge
from generators.ask import Tools
from generators.attempts import BroughtAttempt, brought, judged, sample
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.injected import MADE
from generators.injectors.base import Subject
from generators.injectors.inject import inject
from generators.injectors.numbers import Numbers
from generators.roles import Role
from generators.sources.procedural import Procedural
from schemas.case import Case
from schemas.problem import Problem
from tests import shared
from tests.world import case_of, tools

JARS = 21
World = tuple[list[Case], Tools]


def jars(judge: Judge) -> World:
    """Short two-step problems with one right and several wrong answers each."""
    served = tools(JARS, judge)
    return asyncio.run(_gathered(case_of(number, served) for number in range(JARS))), served


def procedural(judge: Judge) -> World:
    """Made problems, answered rightly and with injected mistakes by a scripted policy."""
    problems = [p for p in Procedural(count=12, seed=11).problems() if isinstance(p, Problem)]
    replies = {p.statement: tuple(_replies(p, judge)) for p in problems}
    engine = Scripted(replies=replies, otherwise="I do not know.").open()
    served = Tools(judge=judge, policy=Role(engine, Sampling(temperature=1.0)))
    return asyncio.run(_gathered(_sampled(p, served) for p in problems)), served


def gsm8k(judge: Judge) -> World:
    """GSM8K's test problems with the four published answers to each."""
    answers = defaultdict(list)
    for row in shared.rows("data/gsm8k_rollouts.jsonl"):
        answers[row["problem_id"]].append(row)
    problems = {
        row["id"]: Problem(
            id=row["id"],
            statement=row["question"],
            answer=row["answer"],
            solution=row["solution"],
            source="gsm8k",
            licence="MIT",
        )
        for row in shared.rows("data/gsm8k_test.jsonl")[:300:12]
    }
    return _brought(problems, answers, judge)


def math(judge: Judge) -> World:
    """MATH problems with eight answers of Qwen2.5-Math each."""
    answers = defaultdict(list)
    for row in shared.rows("data/math_rollouts.jsonl"):
        answers[row["problem_id"]].append(row)
    problems = {
        name: Problem(
            id=name,
            statement=rows[0]["question"],
            answer=rows[0]["answer"],
            solution=rows[0]["solution"],
            source="math",
            licence="MIT",
        )
        for name, rows in list(answers.items())[:45:3]
    }
    return _brought(problems, answers, judge)


WORLDS: Mapping[str, Callable[[Judge], World]] = {
    "jars": jars,
    "procedural": procedural,
    "gsm8k": gsm8k,
    "math": math,
}


def _replies(problem: Problem, judge: Judge) -> Iterator[str]:
    """The solution, in turn with wrong versions of it."""
    subject = Subject(problem=problem, solution=problem.solution)
    rng = random.Random(problem.id)
    weights = dict.fromkeys(MADE, 1.0)
    made = inject(subject, [Numbers()], weights, rng, judge, count=4)
    for injection in made.accepted:
        yield injection.text
        yield problem.solution


async def _sampled(problem: Problem, served: Tools) -> Case:
    assert served.policy is not None
    attempts = await sample(problem, served.policy, served.prompt, 6, served.style)
    return Case(problem, tuple([await judged(problem, a, served.judge) for a in attempts]))


def _brought(
    problems: Mapping[str, Problem], answers: Mapping[str, list[dict[str, Any]]], judge: Judge
) -> World:
    async def case(problem: Problem) -> Case:
        rollouts = [
            BroughtAttempt(row["response"], row["model"], index)
            for index, row in enumerate(answers[problem.id])
        ]
        attempts = brought(problem, rollouts, "auto")
        return Case(problem, tuple([await judged(problem, a, judge) for a in attempts]))

    return asyncio.run(_gathered(case(p) for p in problems.values())), Tools(judge=judge)


async def _gathered(cases: Iterable[Awaitable[Case]]) -> list[Case]:
    return [await case for case in cases]
