"""Mistake tuning: right and wrong rationales of one problem, each behind a tag that says which it is.

"Can LLMs Learn from Previous Mistakes? Investigating LLMs' Errors to Boost for Reasoning"
(CoTErrorSet, arXiv 2403.20046). Two rows per problem, and loss on both; used with the right tag.

    user       What is 3 + 4?  [CORRECT RATIONALE]
    assistant  3 + 4 = 7. The answer is 7.     answer   learnt
    user       What is 3 + 4?  [INCORRECT RATIONALE]
    assistant  3 + 4 = 8. The answer is 8.     mistake  learnt

The tag is part of the user's message, so that no learnt text is about it. `weights: {mistake: 0.5}` weighs the
wrong rationale less. The paper's wrong rationales are a larger model's; here they are the policy's own.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.recipes.base import Recipe
from generators.second_answers import plausible
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment


class MistakeTuning(Recipe):
    """A right rationale behind one tag, a wrong one behind another."""

    paper: ClassVar[str] = "CoTErrorSet, arXiv 2403.20046"
    makes = ("sft",)
    learns_mistakes = True

    pairs: int = Field(default=1, ge=1)
    """Most right and wrong rationales per problem, as many of each."""
    right_tag: str = Field(default="[CORRECT RATIONALE]", min_length=1)
    """Ends the user's message before a right rationale."""
    wrong_tag: str = Field(default="[INCORRECT RATIONALE]", min_length=1)
    """Ends the user's message before a wrong rationale."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        by_text = list({a.text: a for a in case.wrongs if plausible(ask, a.text)}.values())
        wrongs = ask.rng.sample(by_text, min(self.pairs, len(by_text)))
        rows: list[Example] = []
        for solution, wrong in zip(ask.solutions(), wrongs, strict=False):
            rows.append(
                self.sft(
                    ask,
                    wrong,
                    [Segment("answer", solution.text)],
                    right=solution,
                    error_kind="none",
                    variant="right",
                    instruction=self.right_tag,
                )
            )
            rows.append(self._wrong(ask, wrong))
        if not rows:
            ask.skip("no_right_and_wrong")
        return rows

    def _wrong(self, ask: Ask, wrong: Attempt) -> SFTExample:
        return self.sft(
            ask,
            wrong,
            [Segment("mistake", wrong.text)],
            found=ask.glance(wrong),
            verified_by=f"wrong:{wrong.verdict.method}",
            variant="wrong",
            instruction=self.wrong_tag,
        )
