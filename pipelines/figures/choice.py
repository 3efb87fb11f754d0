"""Which rows are shown: one typical one of each recipe, or a few of each recipe and variant."""

from collections.abc import Sequence

import polars as pl

from generators.recipes.base import Recipe
from pipelines.figures.columns import Columns

Place = tuple[str, int]
"""A table and the number of its row."""


def typical(recipes: Sequence[Recipe], columns: Columns) -> dict[str, Place]:
    """The shortest row of the commonest variant and kind of mistake of each recipe, of the kind of rows it makes first;
    with a mistake, or else with masked text, where it has such rows. A recipe without rows has none."""
    rows = columns.rows()
    found: dict[str, Place] = {}
    for recipe in recipes:
        mine = rows.filter(pl.col("recipe") == recipe.name)
        if mine.is_empty():
            continue
        tables = set(mine["table"].to_list())
        mine = mine.filter(pl.col("table") == next(kind for kind in recipe.makes if kind in tables))
        mine = _some(_some(mine, pl.col("error_kind") != "none"), pl.col("masked") > 0)
        for name in ("variant", "error_kind"):
            counts = mine[name].value_counts().sort(["count", name], descending=[True, False])
            mine = mine.filter(pl.col(name) == counts[name][0])
        row = mine.sort("chars", "id").row(0, named=True)
        found[recipe.name] = (row["table"], row["place"])
    return found


def _some(rows: pl.DataFrame, wanted: pl.Expr) -> pl.DataFrame:
    """The wanted rows, or all where there is none."""
    found = rows.filter(wanted)
    return rows if found.is_empty() else found


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
