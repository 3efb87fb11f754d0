"""The page of recipes says what the recipes say, and shows rows of every one."""

import pytest

from bench.recipes_page import PAGE, section
from generators.recipes.base import RECIPES
from pipelines.config_file import load
from tests.commands import ROOT


@pytest.mark.parametrize("name", RECIPES.names())
def test_every_recipe_stands_on_the_page_with_rows(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    own = section(name, [])
    assert own in page, "build pipelines/runs/recipes.yaml, then python -m bench.recipes_page OUT"
    rows = page.split(own, 1)[1].split("\n## ", 1)[0]
    assert "\n```\n" in rows


def test_the_config_of_all_recipes_has_them_all() -> None:
    config = load(ROOT / "pipelines" / "runs" / "recipes.yaml", [])
    assert sorted(recipe.name for recipe in config.recipes_made()) == RECIPES.names()
