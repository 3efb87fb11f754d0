"""`corrigenda recipes` and `corrigenda errors`: what there is, from the code itself."""

import inspect

from generators.injectors.base import INJECTORS
from generators.recipes.base import RECIPES
from schemas.errors import KINDS


def print_recipes() -> None:
    """Every recipe: name, what it makes, paper, options with defaults and their help."""
    for name in RECIPES.names():
        recipe = RECIPES.find(name)
        print(f"{name}  ({', '.join(recipe.makes)})")
        print(f"    {inspect.getdoc(recipe)}")
        print(f"    {recipe.paper}")
        for option, field in recipe.model_fields.items():
            print(f"      {option} = {field.get_default(call_default_factory=True)!r}")
            print(f"          {field.description}")
        print()


def print_errors() -> None:
    """Every error kind: slug, definition, a right line and a wrong one, source, and which injectors make it."""
    makers = {name: INJECTORS.find(name).kinds for name in INJECTORS.names()}
    for kind in KINDS.values():
        print(f"{kind.slug}  ({kind.domain}: {kind.source})")
        print(f"    {kind.definition}")
        if any(kind.example):
            print(f"      right: {kind.example[0]}\n      wrong: {kind.example[1]}")
        made_by = [name for name, kinds in makers.items() if kind.slug in kinds]
        if made_by:
            print(f"      injected by: {', '.join(made_by)}")
