"""SCL: second answers that flipped, either way, as preference pairs on the bare question.

"Self-Correction is More than Refinement: A Learning Framework for Visual and Language Reasoning Tasks"
(Self-Correction Learning, arXiv 2410.04055): the policy answers, is asked to look again, and answers once
more. Where one answer is right and the other wrong, the right one is chosen, whichever came first. The
prompt is the question alone: corrections improve the first answer.

    prompt    What is 3 + 4?
    chosen    3 + 4 = 7. The answer is 7.
    rejected  3 + 4 = 8. The answer is 8.

Our own: a second answer that speaks of the first is not used, nor one that is no attempt at the problem.
Pairs of independent samples are `verifier_pairs`.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.prompts.second_turns import LOOK_AGAIN
from generators.recipes.base import Recipe
from generators.second_answers import second_answers, spread, stands_alone
from schemas.case import Case
from schemas.example import Example
from schemas.segment import Segment


class Flips(Recipe):
    """Right against wrong of a first and a second answer."""

    paper: ClassVar[str] = "SCL (Self-Correction Learning), arXiv 2410.04055"
    makes = ("preference",)
    needs_policy = True

    most: int = Field(default=2, ge=1)
    """Most pairs per problem."""
    firsts: int = Field(default=4, ge=1)
    """First answers per problem that the policy is asked to look at again."""
    tries: int = Field(default=2, ge=1)
    """Second answers sampled for each."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        pairs = await second_answers(ask, ask.rng.choice(LOOK_AGAIN), self.firsts, self.tries)
        flipped = [(a, b) for a, b in pairs if a.verdict.is_right != b.verdict.is_right]
        rows: list[Example] = []
        for first, second in spread([(a, b) for a, b in flipped if stands_alone(b.text)])[: self.most]:
            right, wrong = (first, second) if first.verdict.is_right else (second, first)
            rows.append(
                self.pair(
                    ask,
                    wrong,
                    [Segment("answer", right.text)],
                    [Segment("mistake", wrong.text, weight=1.0)],
                    found=ask.glance(wrong),
                    variant="to_right" if right is second else "to_wrong",
                    verified_by=f"answer:{right.verdict.method}",
                    parents=[right.id],
                )
            )
        return rows
