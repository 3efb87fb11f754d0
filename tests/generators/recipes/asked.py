"""Recipes asked directly, on cases of the small world or on replies written for one test."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from filters.base import FILTERS
from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.attempts import judged, sample
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.recipes.base import Recipe
from generators.roles import Role
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample
from tests.world import Jars, case_of, tools

COUNT = 5
STATEMENT = Jars(0).problem.statement


def teacher(says: str) -> Role:
    """A teacher that always says the same."""
    return Role(Scripted(otherwise=says, model="teacher").open(), Sampling())


def policy(replies: Sequence[str], prompts: Mapping[str, Sequence[str]] = {}) -> Role:
    """A policy with these answers to the world's first problem."""
    table = {STATEMENT: tuple(replies), **{key: tuple(said) for key, said in prompts.items()}}
    return Role(Scripted(replies=table, otherwise="").open(), Sampling(temperature=1.0))


def rows_of(recipe: Recipe, served: Tools, case: Case) -> tuple[list[Example], Ask]:
    """The recipe's rows of one case, each held to every filter, and the door they came through."""
    door = Ask(case, served).for_recipe(recipe.name)
    rows = asyncio.run(recipe.build(case, door))
    whole = replace(case, attempts=(*case.attempts, *(e.attempt for e in door.extras.values())))
    for row in rows:
        row.check()
        objections = [FILTERS.find(name)().objection(row, whole, served.judge) for name in FILTERS.names()]
        assert objections == [None] * len(objections), row
    return rows, door


def world(
    judge: Judge, recipe: Recipe, count: int = COUNT, teacher: Role | None = None, sampling: bool = True
) -> list[Example]:
    """The recipe's rows of the world's first problems; without `sampling` the policy cannot be asked more."""
    sampled = tools(count, judge)
    served = replace(sampled, teacher=teacher, policy=sampled.policy if sampling else None)
    cases = [asyncio.run(case_of(number, sampled)) for number in range(count)]
    return [row for case in cases for row in rows_of(recipe, served, case)[0]]


def case_with(judge: Judge, replies: Sequence[str]) -> tuple[Case, Tools]:
    """The world's first problem with these attempts, and tools whose policy gives them."""
    served = Tools(judge=judge, policy=policy(replies))
    problem = Jars(0).problem
    assert served.policy is not None

    async def made() -> Case:
        attempts = await sample(problem, policy(replies), served.prompt, len(replies), served.style)
        return Case(problem, tuple([await judged(problem, a, judge) for a in attempts]))

    return asyncio.run(made()), served


def parts(row: Example) -> list[tuple[str, str, float]]:
    """Kind, text and weight of every span of an SFT row's last message."""
    assert isinstance(row, SFTExample)
    text = row.messages[-1].content
    return [(s.kind, text[s.start : s.end], s.weight) for s in row.spans]


def kinds(row: Example) -> list[str]:
    """The kinds of an SFT row's spans, in order."""
    return [kind for kind, _, _ in parts(row)]


def pairs(rows: Sequence[Example]) -> list[PreferenceExample]:
    """The preference rows among these."""
    return [row for row in rows if isinstance(row, PreferenceExample)]


def learning(rows: Sequence[Example]) -> list[SFTExample]:
    """The SFT rows among these."""
    return [row for row in rows if isinstance(row, SFTExample)]
