"""What every recipe promises, asked of every recipe there is."""

import asyncio
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import pytest

from filters.base import FILTERS
from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.recipes.base import RECIPES, Recipe
from generators.solutions import REFERENCE
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample
from schemas.segment import Message, Span
from tests.contracts.worlds import WORLDS, World
from tests.thorough import THOROUGH

NAMES = RECIPES.names()
Made = list[tuple[Case, Example]]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


@pytest.fixture(scope="module")
def built(judge: Judge) -> Callable[[str], World]:
    return lru_cache(lambda world: WORLDS[world](judge))


def examples(name: str, world: World, served: Tools | None = None) -> Made:
    """Every example with its case, to which the recipe's own attempts are added."""
    cases, its_tools = world

    async def run() -> Made:
        recipe = RECIPES.find(name)()
        made = []
        for case in cases:
            door = Ask(case, served or its_tools).for_recipe(recipe.name)
            rows = await recipe.build(case, door)
            seen = replace(case, attempts=(*case.attempts, *(e.attempt for e in door.extras.values())))
            made += [(seen, e) for e in rows]
        return made

    return asyncio.run(run())


@pytest.fixture(scope="module", params=[(world, name) for world in WORLDS for name in NAMES], ids="-".join)
def made(request: pytest.FixtureRequest, built: Callable[[str], World]) -> Made:
    world, name = request.param
    cases, served = built(world)
    rows = examples(name, (cases, served))
    if world == "jars":
        assert len(rows) >= len(cases) // 2, f"{name} makes too little of a world full of mistakes"
    elif served.policy is None and RECIPES.find(name).needs_policy:
        assert not rows
        pytest.skip("makes nothing without a policy, as it says")
    elif not rows:
        pytest.skip(f"makes nothing of {world}")
    return rows


def recipe_of(example: Example) -> type[Recipe]:
    return RECIPES.find(example.recipe)


def assistant_spans(example: Example) -> Iterator[tuple[tuple[Message, ...], Span, str]]:
    for messages, spans in example.sides():
        for span in spans:
            yield messages, span, messages[span.message].content[span.start : span.end]


@pytest.mark.parametrize("world", ["jars", "gsm8k"] if THOROUGH else ["jars"])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_replies_give_the_same_rows(name: str, world: str, built: Callable[[str], World]) -> None:
    first, second = examples(name, built(world)), examples(name, built(world))
    assert [e.id for _, e in first] == [e.id for _, e in second]
    assert first == second


def test_ids_are_unique(made: Made) -> None:
    ids = [e.id for _, e in made]
    assert len(set(ids)) == len(ids)


def test_rows_keep_the_format_and_pass_every_filter(made: Made, judge: Judge) -> None:
    filters = [FILTERS.find(name)() for name in FILTERS.names()]
    for case, example in made:
        example.check()
        objections = [f.objection(example, case, judge) for f in filters]
        assert objections == [None] * len(filters), example


def test_rows_are_of_the_kinds_the_recipe_says(made: Made) -> None:
    assert {e.kind for _, e in made} <= set(recipe_of(made[0][1]).makes)


@pytest.mark.parametrize("name", NAMES)
def test_all_kinds_of_rows_that_the_recipe_says_are_made(name: str, built: Callable[[str], World]) -> None:
    assert {e.kind for _, e in examples(name, built("jars"))} == set(RECIPES.find(name).makes)


def test_mistakes_are_not_learnt_unless_the_method_is_to_learn_them(made: Made) -> None:
    for _, example in made:
        if isinstance(example, SFTExample) and not recipe_of(example).learns_mistakes:
            assert all(span.weight == 0 for _, span, _ in assistant_spans(example) if span.kind == "mistake")


def test_text_before_and_in_a_mistake_is_the_policys_own(made: Made) -> None:
    for case, example in made:
        texts = {a.id: a.text for a in case.attempts}
        assert example.parents and example.parents[0] in texts
        assert set(example.parents) <= {*texts, REFERENCE}
        for messages, span, text in assistant_spans(example):
            if span.kind == "mistake":
                lead = messages[span.message].content[: span.start]
                wholes = [texts[parent] for parent in example.parents if parent in texts]
                assert any(text.strip() in whole for whole in wholes)
                if isinstance(example, PreferenceExample) or span is first_mistake(example):
                    assert any(whole.startswith(lead) for whole in wholes)


def first_mistake(example: Example) -> Span | None:
    return next((s for _, spans in example.sides() for s in spans if s.kind == "mistake"), None)


def test_nothing_betrays_the_reference(made: Made) -> None:
    # A reflection that knows the answer before it is worked out teaches the model to guess it.
    for case, example in made:
        answer = re.compile(rf"(?<!\d){re.escape(case.problem.answer)}(?!\d)")
        for messages, span, text in assistant_spans(example):
            # What a user claims may be repeated.
            claimed = any(answer.search(m.content) for m in messages[1 : span.message] if m.role == "user")
            if span.kind == "reflection" and example.located_by != "equations" and not claimed:
                assert not answer.search(text)


def test_recipes_and_rows_survive_pickling(made: Made) -> None:
    recipe = recipe_of(made[0][1])()
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    assert pickle.loads(pickle.dumps(made[:3])) == made[:3]


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_works_without_any_model(name: str, judge: Judge, built: Callable[[str], World]) -> None:
    rows = examples(name, built("jars"), Tools(judge=judge))
    assert bool(rows) != RECIPES.find(name).needs_policy, f"{name} makes {len(rows)} rows of attempts alone"


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_names_its_paper_and_explains_its_options(name: str) -> None:
    recipe = RECIPES.find(name)
    assert re.search(r"arXiv \d{4}\.\d{5}", recipe.paper)
    assert recipe.__doc__
    for option, field in recipe.model_fields.items():
        assert field.description, f"{name}.{option} has no docstring"
