"""Every family is found by listing its folder, and says what it has when asked for what it has not."""

import pytest

from filters.base import FILTERS
from generators.engines.base import ENGINES
from generators.injectors.base import INJECTORS
from generators.recipes.base import RECIPES
from generators.sources.base import SOURCES
from pipelines.gates.base import GATES
from schemas.exceptions import ConfigError
from schemas.family import Family, Options

FAMILIES: list[Family[Options]] = [FILTERS, ENGINES, GATES, INJECTORS, RECIPES, SOURCES]  # type: ignore[list-item]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.noun)
def test_every_file_of_the_folder_is_one_member(family: Family[Options]) -> None:
    assert family.names()
    for name in family.names():
        assert issubclass(family.find(name), family.base)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.noun)
def test_an_unknown_name_offers_the_near_one(family: Family[Options]) -> None:
    known = family.names()[0]
    with pytest.raises(
        ConfigError, match=rf"no {family.noun} is called '{known}x'; did you mean '{known}'\?"
    ):
        family.find(known + "x")
    with pytest.raises(ConfigError, match="There are: "):
        family.find("qqqqqq")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.noun)
def test_every_option_is_documented(family: Family[Options]) -> None:
    for name in family.names():
        for option, field in family.find(name).model_fields.items():
            assert field.description, f"{family.noun} {name}: option {option} has no docstring"
