"""Rows of one recipe of the small world, with its options, a policy or none, and a scripted teacher."""

import asyncio
from dataclasses import replace

from filters.base import FILTERS
from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.recipes.base import RECIPES
from generators.roles import Role
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Span
from tests.world import Jars, case_of, tools

COUNT = 7
"""Problems; the last has no right answer."""


def rows_of(
    name: str,
    judge: Judge,
    policy: bool = False,
    teacher: str = "",
    second: tuple[str, ...] = (),
    **options: object,
) -> list[tuple[Case, Example]]:
    """Every row with its case; all of them pass every filter.

    `second` is what the policy answers, in problem 0, to any conversation whose last message is not the problem.
    """

    async def run() -> list[tuple[Case, Example]]:
        recipe = RECIPES.find(name).model_validate(options)
        sampled = tools(COUNT, judge)
        made = []
        for number in range(COUNT):
            case = await case_of(number, sampled)
            door = Ask(case, _served(sampled, number, policy, teacher, second)).for_recipe(name)
            rows = await recipe.build(case, door)
            seen = replace(case, attempts=(*case.attempts, *(e.attempt for e in door.extras.values())))
            for row in rows:
                row.check()
                for found in FILTERS.names():
                    assert FILTERS.find(found)().objection(row, seen, judge) is None, row
            made += [(seen, row) for row in rows]
        return made

    return asyncio.run(run())


def _served(sampled: Tools, number: int, policy: bool, teacher: str, second: tuple[str, ...]) -> Tools:
    served = sampled if policy else replace(sampled, policy=None)
    if second:
        engine = Scripted(replies={Jars(number).problem.statement: second}, otherwise="")
        served = replace(served, policy=Role(engine.open(), Sampling()))
    if teacher:
        role = Role(Scripted(otherwise=teacher, model="teacher").open(), Sampling())
        served = replace(served, teacher=role)
    return served


def pieces(row: SFTExample) -> list[tuple[str, float, str]]:
    """Kind, weight and text of every span, in order."""

    def text(span: Span) -> str:
        return row.messages[span.message].content[span.start : span.end].strip()

    return [(span.kind, span.weight, text(span)) for span in row.spans]


def shapes(rows: list[tuple[Case, Example]]) -> dict[str, list[tuple[str, float]]]:
    """Kinds and weights of the SFT rows by variant; of a variant all rows are alike."""
    found: dict[str, list[tuple[str, float]]] = {}
    for _, row in rows:
        if isinstance(row, SFTExample):
            shape = [(kind, weight) for kind, weight, _ in pieces(row)]
            assert found.setdefault(row.variant, shape) == shape
    return found
