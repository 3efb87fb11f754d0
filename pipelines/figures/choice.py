"""Which rows are shown: one typical one of each recipe, or a few of each recipe and variant."""

from collections.abc import Sequence

import polars as pl

from generators.recipes.base import Recipe
from pipelines.figures.columns import Columns

Place = tuple[str, int]
"""A table and the number of its row."""


def typical(recipes: Sequence[Recipe], columns: Columns) -> dict[str, Place]:
    """The shortest row of the commonest variant of each recipe, of the kind of rows it makes first, with a mistake
    where it has such rows; a recipe without rows has none."""
    rows = columns.rows()
    found: dict[str, Place] = {}
    for recipe in recipes:
        mine = rows.filter(pl.col("recipe") == recipe.name)
        if mine.is_empty():
            continue
        first = next(kind for kind in recipe.makes if kind in set(mine["table"].to_list()))
        mine = mine.filter(pl.col("table") == first)
        wrong = mine.filter(pl.col("error_kind") != "none")
        mine = mine if wrong.is_empty() else wrong
        counts = mine["variant"].value_counts().sort(["count", "variant"], descending=[True, False])
        row = mine.filter(pl.col("variant") == counts["variant"][0]).sort("chars", "id").row(0, named=True)
        found[recipe.name] = (row["table"], row["place"])
    return found


def spread(columns: Columns, most: int) -> dict[tuple[str, str, str], list[int]]:
    """Up to `most` rows of every table, recipe and variant, each from another part of it: places by group."""
    rows = columns.rows()
    groups = rows.group_by("recipe", "table", "variant").agg(pl.col("place").sort())
    return {
        (recipe, table, variant): _apart(places, most)
        for recipe, table, variant, places in groups.sort("recipe", "table", "variant").iter_rows()
    }


def _apart(places: list[int], most: int) -> list[int]:
    count = min(most, len(places))
    return [places[(2 * turn + 1) * len(places) // (2 * count)] for turn in range(count)]
