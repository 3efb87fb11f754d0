"""Step labels: which steps of an attempt are right, up to its first wrong one.

The form of PRM800K ("Let's Verify Step by Step", arXiv 2305.20050: labels end at the first
error) with labels from checks instead of people: by equations where the first wrong step is
proven, else by continuations as in Math-Shepherd (arXiv 2312.08935).

    Step 1: 3 * 4 = 12     true
    Step 2: 12 + 9 = 22    false   first_error = 1

Right attempts whose every equation holds give rows without an error.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
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
        rows: list[Example] = []
        for attempt, found in await ask.mistakes(self.wrong):
            if found.proven or (found.method == "continuations" and self.by_continuations):
                rows.append(await self._row(ask, attempt, found))
            else:
                ask.skip("not_proven")
        return rows + [await self._row(ask, attempt, None) for attempt in ask.rights()[: self.right]]

    async def _row(self, ask: Ask, attempt: Attempt, found: Location | None) -> StepwiseExample:
        count = found.step + 1 if found else len(attempt.steps)
        values = [Value(None, 0)] * count
        if found and found.method == "continuations":
            tries = ask.tools.locate.continuations
            values[found.step] = await ask.value(attempt.before(found.step + 1), tries)
            if found.step:
                values[found.step - 1] = await ask.value(attempt.before(found.step), tries)
        return StepwiseExample(
            problem_id=ask.case.problem.id,
            recipe=self.name,
            error_kind=found.kind if found else "none",
            parents=(attempt.id,),
            policy=attempt.policy,
            verified_by=found.method if found else f"answer:{attempt.verdict.method}",
            located_by=found.method if found else "",
            source=ask.case.problem.source,
            licence=ask.case.problem.licence,
            prompt=ask.prompt[-1].content,
            completions=tuple(attempt.step_text(i).strip() for i in range(count)),
            labels=tuple(not found or i != found.step for i in range(count)),
            values=tuple(v.share for v in values),
            value_samples=tuple(v.samples if v.share is not None else None for v in values),
            first_error=found.step if found else None,
        )
