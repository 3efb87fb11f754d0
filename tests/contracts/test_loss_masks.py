"""Which segment kinds bear loss, recipe by recipe, as the methods' own tables say (tests/cases/loss_masks.json).

Every kind that a recipe writes must stand in its line, and every kind in its line must be written somewhere.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from filters.verify.math.judge import Judge
from generators.recipes.base import RECIPES
from schemas.example import StepwiseExample
from tests.contracts.test_recipes import examples
from tests.contracts.worlds import WORLDS, World

CASES = json.loads((Path(__file__).parents[1] / "cases" / "loss_masks.json").read_text(encoding="utf-8"))
TABLE = {case["recipe"]: case for case in CASES}
TALKING = [name for name in RECIPES.names() if set(RECIPES.find(name).makes) & {"sft", "preference"}]


@pytest.fixture(scope="module")
def worlds() -> Iterator[list[World]]:
    with Judge() as judge:
        yield [WORLDS["jars"](judge), WORLDS["procedural"](judge)]


def test_every_recipe_with_text_has_its_line_and_no_other() -> None:
    assert sorted(TABLE) == TALKING
    assert all(case["source"] for case in CASES)


@pytest.mark.parametrize("name", TALKING)
def test_loss_falls_where_the_method_says(name: str, worlds: list[World]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for world in worlds:
        for _, example in examples(name, world):
            if isinstance(example, StepwiseExample):
                continue
            for _, spans in example.sides():
                for span in spans:
                    seen[span.kind].add("masked" if span.weight == 0 else "learnt")
    expected: dict[str, set[str]] = defaultdict(set)
    for how in ("learnt", "masked"):
        for kind in TABLE[name][how]:
            expected[kind].add(how)
    assert dict(seen) == dict(expected)
