"""Targets and caps: how many rows of what a dataset shall have.

    targets:
      cells:
        - {recipe: lemma, error_kind: calculation, rows: 200}
        - {recipe: partial_answer_masking, variant: good_case, rows: 50}
        - {recipe: stepwise_correction, difficulty: hard, rows: 100}
      rounds: 4
    caps: {problem: 4, kind: 1000}

A row counts for the first cell it fits. A cell gets exactly its rows where there are enough; where there
are not, the build goes on in rounds: first with problems of the sources beyond `limit`, then with twice
the samples of every problem, until all cells are full, the rounds are over or the budget is spent. What
fell short is a table in summary, card and manifest.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from schemas.errors import KINDS
from schemas.family import Options, nearest
from schemas.manifest import CellCount

Difficulty = Literal["easy", "medium", "hard"]

EASY, HARD = 0.75, 0.25
"""Share of a problem's attempts that are right from which on it is easy, and up to which it is hard."""


class Cell(Options):
    """So many rows of what fits all that is named; what is not named is open."""

    rows: int = Field(ge=1)
    """Rows wanted."""
    recipe: str = ""
    """Name of a recipe of the build."""
    variant: str = ""
    """A form of the recipe's rows."""
    error_kind: str = ""
    """A kind of mistake, or `none`."""
    origin: Literal["", "policy", "injected"] = ""
    """Whose mistake."""
    difficulty: Difficulty | None = None
    """Of the problem: `easy` from three quarters of its attempts right, `hard` up to one quarter."""

    @model_validator(mode="after")
    def _names_something(self) -> "Cell":
        if not (self.recipe or self.variant or self.error_kind or self.origin or self.difficulty):
            raise ValueError("name at least one of recipe, variant, error_kind, origin, difficulty")
        kinds = [*KINDS, "none", "unknown"]
        if self.error_kind and self.error_kind not in kinds:
            raise ValueError(f"no kind of mistake is {self.error_kind!r}{nearest(self.error_kind, kinds)}")
        return self

    @property
    def label(self) -> str:
        """What it names, for tables."""
        named = (self.recipe, self.variant, self.error_kind, self.origin, self.difficulty)
        return " · ".join(part for part in named if part)


class TargetOptions(Options):
    """What is wanted, and how far to go for it."""

    cells: list[Cell] = []
    """Rows wanted, by what they are."""
    rounds: int = Field(default=4, ge=0, le=30)
    """Most further rounds of problems or samples while a cell is short; 0 takes what there is."""
    others: Literal["keep", "drop"] = "keep"
    """What becomes of rows that fit no cell."""


class CapOptions(Options):
    """Most rows of a sort; the first in the order of problems and recipes stay."""

    problem: int | None = Field(default=None, ge=1)
    """Most rows of one recipe from one problem."""
    kind: int | None = Field(default=None, ge=1)
    """Most rows of one recipe with one kind of mistake."""


def target_lines(cells: Sequence[CellCount]) -> list[str]:
    """What was asked and what there is, a line per cell; nothing without targets."""
    return [
        f"target {cell.cell}: {cell.got:,} of {cell.asked:,} rows"
        + ("" if cell.got >= cell.asked else f", {cell.asked - cell.got:,} short")
        for cell in cells
    ]
