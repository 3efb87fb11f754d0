"""Step labels: which steps of an attempt are right, up to its first wrong one.

The form of PRM800K ("Let's Verify Step by Step", arXiv 2305.20050: labels end at the first
error) with labels from checks instead of people: by equations where the first wrong step is
proven, else by continuations as in Math-Shepherd (arXiv 2312.08935).

    Step 1: 3 * 4 = 12     true
    Step 2: 12 + 9 = 22    false   first_error = 1

Right attempts whose every equation holds give rows without an error.
"""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.labelled import labelled
from generators.locating.continuations import Value
from generators.recipes.base import Recipe
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, StepwiseExample
from schemas.location import Location


class StepLabels(Recipe):
    """Steps with labels, values and the first wrong step."""

    paper: ClassVar[str] = "PRM800K form, arXiv 2305.20050; Math-Shepherd labels, arXiv 2312.08935"
    makes = ("stepwise",)

    wrong: int = Field(default=4, ge=0)
    """Most wrong attempts labelled per problem."""
    right: int = Field(default=2, ge=0)
    """Most right attempts labelled per problem."""
    by_continuations: bool = True
    """Also take first wrong steps found by continuations, which are likely, not proven."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[StepwiseExample | None] = []
        for attempt, found in await ask.mistakes(self.wrong):
            if found.proven or (found.method == "continuations" and self.by_continuations):
                rows.append(await self._valued(ask, attempt, found))
            else:
                ask.skip("not_proven")
        made = [*rows, *(labelled(self, ask, right, None) for right in ask.rights()[: self.right])]
        return [row for row in made if row is not None]

    async def _valued(self, ask: Ask, attempt: Attempt, found: Location) -> StepwiseExample | None:
        """The labels, with the values before and after the wrong step where it is known by them."""
        row = labelled(self, ask, attempt, found)
        if row is None:
            ask.skip("false_step_before")
        if row is None or found.method != "continuations":
            return row
        values = [Value(None, 0)] * len(row.labels)
        for step in (found.step, found.step - 1):
            if step >= 0:
                before = attempt.before(step + 1)
                values[step] = await ask.value(before, ask.tools.locate.continuations)
        return replace(
            row,
            values=tuple(v.share for v in values),
            value_samples=tuple(v.samples if v.share is not None else None for v in values),
        )
