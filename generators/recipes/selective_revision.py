"""PAG: the model checks its own answer when asked, and revises only what its check has rejected.

"PAG: Multi-Turn Reinforced LLM Self-Correction with Policy as Generative Verifier" (arXiv 2506.10406). One
model in two roles: it answers, the user asks for a check, the check ends in a verdict, and only where
that says wrong the user asks for a revision. The paper trains by reinforcement; these are the conversations
that it rewards, as SFT rows.

    3 + 4 = 8. The answer is 8.                          mistake     masked
    (user) Is your solution right? Check it …
    3 + 4 is 7, not 8. … The answer is wrong.            verdict     learnt
    (user) By your own check the answer is wrong. …
    3 + 4 = 7. The answer is 7.                          correction  learnt

A right answer is followed by the check alone. Revisions are right solutions of the problem, the policy's own where
there are any; answers whose check would have nothing to show are left out.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.distinct import by_text
from generators.prompts.second_turns import VERIFY, YOU_REJECTED_IT
from generators.recipes.base import Recipe
from generators.solutions import Solution
from generators.verification import checkable, verification
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Message, Segment


class SelectiveRevision(Recipe):
    """Answer, check when asked, revision only where the check says wrong."""

    paper: ClassVar[str] = "PAG (Policy as Generative Verifier), arXiv 2506.10406"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: wrong answers are masked."""
    wrongs: int = Field(default=2, ge=0)
    """Most wrong answers checked and revised per problem."""
    rights: int = Field(default=1, ge=0)
    """Most right answers checked and kept per problem."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        rights = [a for a in ask.rights() if checkable(ask, a, self.texts)]
        for right in rights[: self.rights]:
            said = await verification(ask, right, self.texts)
            rows += [self._confirmed(ask, right, said)] if said else []
        solutions = ask.solutions(with_reference=False) or ask.solutions()
        if not solutions:
            ask.skip("no_right_solution")
            return rows
        wrongs = [a for a in by_text(case.wrongs) if checkable(ask, a, self.texts)]
        for wrong in wrongs[: self.wrongs]:
            said = await verification(ask, wrong, self.texts)
            rows += [self._revised(ask, wrong, said, ask.rng.choice(solutions))] if said else []
        return rows

    def _confirmed(self, ask: Ask, right: Attempt, said: Written) -> SFTExample:
        return self.talk(
            ask,
            right,
            [
                [Segment("answer", right.text)],
                Message("user", ask.rng.choice(VERIFY)),
                [Segment("verdict", said.text)],
            ],
            variant="confirmed",
            verified_by=f"verdict:{right.verdict.method}",
            written=[said],
        )

    def _revised(self, ask: Ask, wrong: Attempt, said: Written, solution: Solution) -> SFTExample:
        return self.talk(
            ask,
            wrong,
            [
                [Segment("mistake", wrong.text)],
                Message("user", ask.rng.choice(VERIFY)),
                [Segment("verdict", said.text)],
                Message("user", ask.rng.choice(YOU_REJECTED_IT)),
                [Segment("correction", solution.text)],
            ],
            found=ask.glance(wrong),
            right=solution,
            variant="revised",
            written=[said],
        )
