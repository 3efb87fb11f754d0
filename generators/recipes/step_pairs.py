"""Step-level pairs: a shared right prefix, a right next step against a wrong one.

"Step-DPO: Step-wise Preference Optimization for Long-chain Reasoning of LLMs" (arXiv
2406.18629). The wrong side ends with the first wrong step of one of the policy's own attempts,
the right side with a right step in its place; both begin with the same text, which bears no loss.

    shared    Step 1: 3 * 4 = 12
    chosen    Step 2: 12 + 9 = 21
    rejected  Step 2: 12 + 9 = 22
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.recipes.base import Recipe
from schemas.case import Case
from schemas.example import Example
from schemas.segment import Segment


class StepPairs(Recipe):
    """Preference pairs that differ from one step on."""

    paper: ClassVar[str] = "Step-DPO, arXiv 2406.18629"
    makes = ("preference",)

    weights: dict[str, float] = {"prefix": 0.0}
    """Loss weight by segment kind: what both sides share is masked."""
    most: int = Field(default=4, ge=1)
    """Most wrong attempts used per problem."""
    proven_only: bool = True
    """Use only steps proven wrong, not those that are merely likely."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(self.most, self.proven_only):
            prefix = wrong.before(found.step)
            for repair in await ask.repairs(wrong, found):
                rows.append(
                    self.pair(
                        ask,
                        wrong,
                        [Segment("prefix", prefix), Segment("correction", repair.step.rstrip())],
                        [Segment("prefix", prefix), Segment("mistake", wrong.step_text(found.step).rstrip())],
                        error_kind=found.kind,
                        located_by=found.method,
                        parents=repair.parents,
                        verified_by=repair.verified_by.replace("answer:", "continued:"),
                        shared_prefix=len(prefix),
                    )
                )
        return rows
