"""Over-correction: enough rows in which nothing was wrong and nothing is changed.

A model that only ever sees mistakes corrected learns to find one in every answer. The control are rows of conversations
and pairs without a mistake (`error_kind` `none`) whose learnt text does not end wrongly on purpose.
"""

from typing import Literal

from pydantic import Field

from pipelines.gates.base import Examined, Gate, named
from pipelines.gates.columns import columns
from schemas.manifest import GateResult


class OverCorrection(Gate):
    """Refuses a dataset with too small a control."""

    least: float = Field(default=0.1, ge=0, le=1)
    """Least share of rows without a mistake."""
    by: Literal["dataset", "recipe"] = "dataset"
    """Of all rows together, or of every recipe by itself."""
    recipes: list[str] = []
    """Recipes that are counted; empty: all. Some are made of mistakes alone, by their method."""

    def examine(self, dataset: Examined) -> GateResult:
        import polars as pl

        read = columns(dataset, ("sft", "preference"), ("recipe", "error_kind", "verified_by"))
        if self.recipes:
            read = read.filter(pl.col("recipe").is_in(self.recipes))
        control = (pl.col("error_kind") == "none") & ~pl.col("verified_by").str.starts_with("wrong:")
        rows, kept = read.height, read.filter(control).height
        share = kept / rows if rows else 0.0
        groups = read.group_by("recipe").agg(control.mean().alias("share")).sort("recipe")
        shares = {"all rows": share}
        if self.by == "recipe":
            shares = dict.fromkeys(self.recipes, 0.0) | dict(groups.iter_rows())
        under = [f"{name}: {part:.1%}" for name, part in sorted(shares.items()) if part < self.least]
        said = f"in {kept:,} of {rows:,} rows ({share:.1%}) nothing was wrong, {self.least:.1%} must be"
        said += f"; under it: {named(under)}" if under and self.by == "recipe" else ""
        return self.result(not under, said, under, rows=rows, control=kept, share=round(share, 6))
