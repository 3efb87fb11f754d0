"""The page of recipes, docs/recipes.md: what every recipe says of itself, its options, and real rows.

    python -m bench.recipes_page out/recipes     # a finished build of all recipes: pipelines/runs/recipes.yaml

The words are the modules' own docstrings; the rows are the build's, one of each form a recipe has.
"""

import argparse
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generators.recipes.base import RECIPES, Recipe
from pipelines.dataset import spread
from pipelines.show import render_row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "recipes.md"
FORMS = 3
"""Most rows shown of one recipe and table."""
_INHERITED = ("weights", "texts")
_HEAD = """# Recipes

Every recipe in its own words, with its options and real rows of a build with the embedded policy and no teacher, as
`corrigenda show` prints them without colours: `[kind]` begins a stretch of what the assistant writes, `masked` bears no
loss. Made by `python -m bench.recipes_page` from `pipelines/runs/recipes.yaml`.

All recipes have `weights` (loss weight by kind of stretch) and `texts` (who writes connecting texts: `bank`, `policy`,
`teacher`; `auto` is the teacher where there is one, else the bank).

Recipes that need a policy make no rows of brought rollouts alone.

| recipe | paper | rows | needs |
|---|---|---|---|
"""


def page(folder: Path) -> str:
    """The whole page, with rows of the build in `folder`."""
    names = RECIPES.names()
    lines = [_line(name, RECIPES.find(name)) for name in names]
    sections = [section(name, list(_rows(name, folder))) for name in names]
    return _HEAD + "\n".join(lines) + "\n\n" + "\n".join(sections)


def _line(name: str, recipe: type[Recipe]) -> str:
    needs = "policy" if recipe.needs_policy else ""
    return f"| [`{name}`](#{name}) | {_cell(recipe.paper)} | {', '.join(recipe.makes)} | {needs} |"


def section(name: str, rows: list[str]) -> str:
    """One recipe: its module's words, its options, the rows given."""
    recipe = RECIPES.find(name)
    return "\n".join([f"## {name}\n", words(recipe), *_options(recipe), *rows])


def words(recipe: type[Recipe]) -> str:
    """The module's docstring as Markdown; its indented examples are code blocks already."""
    lines = (inspect.getdoc(sys.modules[recipe.__module__]) or "").split("\n")
    return "\n".join(line if line.startswith("    ") else line.replace("<", "&lt;") for line in lines) + "\n"


def _options(recipe: type[Recipe]) -> list[str]:
    own = {n: f for n, f in recipe.model_fields.items() if n not in _INHERITED}
    weights = recipe.model_fields["weights"].default
    by_default = ", ".join(f"`{kind}` {weight:g}" for kind, weight in weights.items())
    lines = [f"Loss weights by default: {by_default}.\n"] if weights else []
    if own:
        lines += ["| option | default | |", "|---|---|---|"]
    for name, field in own.items():
        default = _cell(repr(field.get_default(call_default_factory=True)))
        lines.append(f"| `{name}` | `{default}` | {_cell(field.description or '')} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _rows(name: str, folder: Path) -> Iterator[str]:
    makes = RECIPES.find(name).makes
    tables = [*makes, *([] if makes else ["attempts"])]
    for table in tables:
        if not (folder / "data" / table).is_dir():
            continue
        shown: set[str] = set()
        for row in spread(folder, table, FORMS * 4, name):
            if row["variant"] not in shown and len(shown) < FORMS:
                shown.add(row["variant"])
                yield _row(table, row)


def _row(table: str, row: dict[str, Any]) -> str:
    said = [table, row["variant"], row["error_kind"], row["verified_by"], row["written_by"]]
    text = render_row(table, row, labels=True).plain.rstrip()
    return f"{' · '.join(part for part in said if part)}:\n\n```\n{text}\n```\n"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a finished build of all recipes")
    PAGE.write_text(page(parser.parse_args().folder), encoding="utf-8")


if __name__ == "__main__":
    main()
