"""V-STaR: right against wrong answers of the same problem, for a verifier trained by DPO.

"V-STaR: Training Verifiers for Self-Taught Reasoners" (arXiv 2402.06457): chosen any right
sample, rejected any wrong sample of the same problem; only the policy's own samples.

    prompt    What is 3 + 4?
    chosen    Step 1: 3 + 4 = 7. The answer is 7.
    rejected  Step 1: 3 + 4 = 8. The answer is 8.

How many pairs the paper takes per problem is not known for certain: `most` caps them. Our own are the hard
negatives: the wrong answer that differs least from the right one (`nearest`), those with the problem's most
frequent wrong answer, which a verifier has to outvote (`majority`), and right answers with a proven
mistake put in (`injected`).
"""

from collections import Counter
from itertools import product
from typing import ClassVar, Literal

from pydantic import Field

from generators.ask import Ask
from generators.distinct import by_text
from generators.edit_ratio import edit_ratio
from generators.recipes.base import Recipe
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, PreferenceExample
from schemas.location import Location
from schemas.segment import Segment


class VerifierPairs(Recipe):
    """Preference pairs of whole answers."""

    paper: ClassVar[str] = "V-STaR, arXiv 2402.06457"
    makes = ("preference",)

    most: int = Field(default=4, ge=1)
    """Most pairs per problem, drawn from all pairs of distinct right and distinct wrong texts that fit."""
    negatives: Literal["any", "nearest", "majority"] = "any"
    """Which wrong answers: any, for each right one the least different, or those of the most frequent wrong answer."""
    injected: int = Field(default=0, ge=0)
    """Most further pairs per problem whose wrong side is a right answer of the policy's with a mistake put in."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        pairs = self._pairs(ask.rights(), by_text(case.wrongs))
        variant = "" if self.negatives == "any" else self.negatives
        rows: list[Example] = [
            self._row(ask, right, wrong, ask.glance(wrong), variant)
            for right, wrong in ask.rng.sample(pairs, min(self.most, len(pairs)))
        ]
        sources = {right.id: right for right in ask.rights()}
        for made in await ask.injected(self.injected) if self.injected else ():
            if made.source in sources:
                rows.append(self._row(ask, sources[made.source], made.attempt, made.found, "injected"))
        return rows

    def _pairs(self, rights: list[Attempt], wrongs: list[Attempt]) -> list[tuple[Attempt, Attempt]]:
        if not wrongs:
            return []
        if self.negatives == "nearest":
            return [(r, min(wrongs, key=lambda w: edit_ratio(r.text, w.text))) for r in rights]
        if self.negatives == "majority":
            counts = Counter(w.verdict.evidence for w in wrongs)
            wrongs = [w for w in wrongs if counts[w.verdict.evidence] == max(counts.values())]
        return list(product(rights, wrongs))

    def _row(
        self, ask: Ask, right: Attempt, wrong: Attempt, found: Location | None, variant: str
    ) -> PreferenceExample:
        return self.pair(
            ask,
            wrong,
            [Segment("answer", right.text)],
            [Segment("mistake", wrong.text)],
            found=found,
            variant=variant,
            verified_by=f"answer:{right.verdict.method}",
            parents=[right.id],
        )
