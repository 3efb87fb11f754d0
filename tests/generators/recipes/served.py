"""Doors to the jars world for tests of single recipes: with told replies of a policy or a teacher, or neither."""

import asyncio

from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.recipes.base import Recipe
from generators.roles import Role
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample
from tests.world import Jars, case_of, tools


def role(number: int, replies: tuple[str, ...]) -> Role:
    """A model that gives these replies to whatever holds the problem's statement."""
    engine = Scripted(replies={Jars(number).problem.statement: replies}, otherwise="I do not know.")
    return Role(engine.open(), Sampling(temperature=1.0))


def door(
    judge: Judge, name: str, number: int = 1, policy: tuple[str, ...] = (), teacher: tuple[str, ...] = ()
) -> Ask:
    """One case of the world behind a recipe's door; without replies there is no policy and no teacher."""
    case: Case = asyncio.run(case_of(number, tools(number + 1, judge)))
    served = Tools(
        judge=judge,
        policy=role(number, policy) if policy else None,
        teacher=role(number, teacher) if teacher else None,
    )
    return Ask(case, served).for_recipe(name)


def build(recipe: Recipe, ask: Ask) -> list[Example]:
    """The recipe's rows of the door's case."""
    return asyncio.run(recipe.build(ask.case, ask))


def talks(rows: list[Example], variant: str = "") -> list[SFTExample]:
    """SFT rows whose variant begins so."""
    return [r for r in rows if isinstance(r, SFTExample) and r.variant.startswith(variant)]


def pairs(rows: list[Example], variant: str = "") -> list[PreferenceExample]:
    """Preference rows whose variant begins so."""
    return [r for r in rows if isinstance(r, PreferenceExample) and r.variant.startswith(variant)]


def kinds(row: SFTExample) -> list[tuple[str, float]]:
    """Kinds of the row's spans with their weights, in order."""
    return [(s.kind, s.weight) for s in row.spans]
