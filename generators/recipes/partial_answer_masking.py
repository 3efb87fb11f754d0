"""ISC with partial answer masking: answer, check it, correct it, in one message.

"Small language model can self-correct" (arXiv 2401.07301). A wrong answer of the model's own is
followed by a check that rejects it and a right answer (bad case); a right answer by a check that
confirms it (good case). The wrong answer bears no loss (PAM): the model learns to check and to
correct, not to be wrong first. A pool of instructions asks for answer and check.

    Step 1: 3 + 4 = 8. The answer is 8.                     mistake     masked
    Let me check. 3 + 4 is 7, not 8, so the answer is wrong. verdict    learnt
    Here is the corrected solution:                         reflection  learnt
    3 + 4 = 7. The answer is 7.                             correction  learnt

Different from the paper: its questions are multiple choice and a stronger model writes the right
answer of a bad case and the instructions; here the right answer is another attempt of the
policy's, or the reference, and the instructions are our own.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.checks import confirming, rejecting
from generators.prompts.instructions import DOUBLE_CHECK
from generators.prompts.transitions import CORRECT_IT
from generators.recipes.base import Recipe, apart
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment


class PartialAnswerMasking(Recipe):
    """Answer, self-check, correction; the wrong answer masked."""

    paper: ClassVar[str] = "Small Language Model Can Self-Correct (ISC, PAM), arXiv 2401.07301"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the wrong answer is masked."""
    bad_cases: int = Field(default=4, ge=0)
    """Most wrong attempts that state an answer used per problem; attempts with equal answers count once."""
    good_cases: int = Field(default=1, ge=0)
    """Most right attempts confirmed per problem."""
    instructions: bool = True
    """Ask for the check in the user message, with one of a pool of phrasings."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        if not ask.solutions():
            ask.skip("no_right_solution")
            return []
        stated: dict[str, Attempt] = {}
        for wrong in case.wrongs:
            if (await ask.verify(wrong.text, explicit_only=True)).is_wrong:  # others were cut off, perhaps
                stated.setdefault(wrong.verdict.evidence, wrong)
        rows: list[Example] = [self._bad(ask, wrong) for wrong in list(stated.values())[: self.bad_cases]]
        for right in ask.rights()[: self.good_cases]:
            rows += await self._good(ask, right)
        return rows

    def _bad(self, ask: Ask, wrong: Attempt) -> SFTExample:
        right = ask.rng.choice(ask.solutions(with_reference=False) or ask.solutions())
        found = ask.glance(wrong)
        check = Written(rejecting(ask.rng, wrong.verdict.evidence, found))
        segments = [
            Segment("mistake", apart(wrong.text)),
            Segment("verdict", apart(check.text)),
            Segment("reflection", ask.rng.choice(CORRECT_IT) + "\n"),
            Segment("correction", right.text),
        ]
        asked = self._instruction(ask)
        return self.sft(
            ask,
            wrong,
            segments,
            instruction=asked,
            variant="bad_case",
            found=found,
            right=right,
            written=[check],
        )

    async def _good(self, ask: Ask, right: Attempt) -> list[SFTExample]:
        check = Written(confirming(ask.rng, right.verdict.evidence))
        segments = [Segment("answer", apart(right.text)), Segment("verdict", check.text)]
        asked = self._instruction(ask)
        row = self.sft(ask, right, segments, instruction=asked, variant="good_case", written=[check])
        if (await ask.verify(row.messages[-1].content)).is_right:
            return [row]
        ask.skip("check_hides_answer")
        return []

    def _instruction(self, ask: Ask) -> str:
        return ask.rng.choice(DOUBLE_CHECK) if self.instructions else ""
