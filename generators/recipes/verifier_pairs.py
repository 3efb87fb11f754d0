"""V-STaR: right against wrong answers of the same problem, for a verifier trained by DPO.

"V-STaR: Training Verifiers for Self-Taught Reasoners" (arXiv 2402.06457): chosen any right
sample, rejected any wrong sample of the same problem; only the policy's own samples.

    prompt    What is 3 + 4?
    chosen    Step 1: 3 + 4 = 7. The answer is 7.
    rejected  Step 1: 3 + 4 = 8. The answer is 8.

How many pairs the paper takes per problem is not known for certain: `most` caps them.
"""

from itertools import product
from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.recipes.base import Recipe
from schemas.case import Case
from schemas.example import Example
from schemas.segment import Segment


class VerifierPairs(Recipe):
    """Preference pairs of whole answers."""

    paper: ClassVar[str] = "V-STaR, arXiv 2402.06457"
    makes = ("preference",)

    most: int = Field(default=4, ge=1)
    """Most pairs per problem, drawn from all pairs of distinct right and distinct wrong texts."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        wrongs = list({a.text: a for a in case.wrongs}.values())
        pairs = list(product(ask.rights(), wrongs))
        rows: list[Example] = []
        for right, wrong in ask.rng.sample(pairs, min(self.most, len(pairs))):
            found = ask.glance(wrong)
            rows.append(
                self.pair(
                    ask,
                    wrong,
                    [Segment("answer", right.text)],
                    [Segment("mistake", wrong.text)],
                    error_kind=found.kind if found else "unknown",
                    located_by=found.method if found else "",
                    parents=[right.id],
                    verified_by=f"answer:{right.verdict.method}",
                )
            )
        return rows
