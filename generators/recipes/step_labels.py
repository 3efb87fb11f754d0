"""Step labels: which steps of an attempt are right, up to its first wrong one.

The form of PRM800K ("Let's Verify Step by Step", arXiv 2305.20050: labels end at the first
error) with labels from checks instead of people: by equations where the first wrong step is
proven, else by continuations as in Math-Shepherd (arXiv 2312.08935).

    Step 1: 3 * 4 = 12     true
    Step 2: 12 + 9 = 22    false   first_error = 1

Right attempts whose every equation holds give rows without an error. What is vouched for there are the
equations and the answer, not the words around them ("17 years ago" where "17 years old" is meant).
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.labelled import labelled
from generators.locating.continuations import Value
from generators.recipes.base import Recipe
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
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
        rows: list[Example] = []
        for attempt, found in await ask.mistakes(self.wrong):
            if not found.proven and not (found.method == "continuations" and self.by_continuations):
                ask.skip("not_proven")
            elif not found.proven and any(step < found.step for _, step in found.others):
                ask.skip("another_step_suspected")
            elif row := labelled(self, ask, attempt, found, values=await self._values(ask, attempt, found)):
                rows.append(row)
        rights = ask.rights()[: self.right]
        return rows + [row for right in rights if (row := labelled(self, ask, right, None))]

    async def _values(self, ask: Ask, attempt: Attempt, found: Location) -> dict[int, Value]:
        """Values of the located step and of the one before it, where continuations located it."""
        if found.method != "continuations":
            return {}
        tries = ask.tools.locate.continuations
        steps = [found.step, found.step - 1] if found.step else [found.step]
        return {step: await ask.value(attempt.before(step + 1), tries) for step in steps}
