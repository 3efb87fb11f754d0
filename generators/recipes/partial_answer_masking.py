"""ISC with partial answer masking: answer, check it, correct it, in one message.

"Small language model can self-correct" (arXiv 2401.07301). A wrong answer of the model's own is
followed by a check that rejects it and a right answer; a right answer by a check that confirms
it. The wrong answer bears no loss (PAM): the model learns to check and to correct, not to be
wrong first. A pool of instructions asks for answer and check.

    Step 1: 3 + 4 = 8. The answer is 8.                     mistake     masked
    Let me check this answer. ... 8 is not the answer.      verdict     learnt
    Here is the corrected solution: 3 + 4 = 7. ...          correction  learnt
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.prompts import corrections as texts
from generators.recipes.base import Recipe, apart
from generators.reflect import fill, sayable, shown
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.location import Location
from schemas.segment import Segment


class PartialAnswerMasking(Recipe):
    """Answer, self-check, correction; the wrong answer masked."""

    paper: ClassVar[str] = "Small Language Model Can Self-Correct (ISC, PAM), arXiv 2401.07301"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the mistake is masked."""
    bad_cases: int = Field(default=4, ge=0)
    """Most wrong attempts used per problem; attempts with equal answers count once."""
    good_cases: int = Field(default=1, ge=0)
    """Most right attempts confirmed per problem."""
    instructions: bool = True
    """Ask for the check in the user message, with one of a pool of phrasings."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        if not ask.solutions():
            ask.skip("no_right_solution")
            return []
        by_answer = {a.verdict.evidence: a for a in reversed(case.wrongs)}
        wrongs = [a for a in case.wrongs if by_answer[a.verdict.evidence] is a]
        rows: list[Example] = [await self._bad(ask, wrong) for wrong in wrongs[: self.bad_cases]]
        rows += [self._good(ask, right) for right in ask.rights()[: self.good_cases]]
        return rows

    async def _bad(self, ask: Ask, wrong: Attempt) -> SFTExample:
        solution = ask.rng.choice(ask.solutions(with_reference=False) or ask.solutions())
        found = ask.glance(wrong)
        check = _rejection(ask, wrong, found)
        verdict = await ask.verify(solution.text)
        return self.sft(
            ask,
            wrong,
            [
                Segment("mistake", apart(wrong.text)),
                Segment("verdict", apart(check)),
                Segment("correction", f"{ask.rng.choice(texts.CORRECT_IT)}\n{solution.text}"),
            ],
            variant="bad_case",
            error_kind=found.kind if found else "unknown",
            located_by=found.method if found else "",
            parents=[solution.parent],
            verified_by=f"answer:{verdict.method}",
            instruction=self._instruction(ask),
        )

    def _good(self, ask: Ask, right: Attempt) -> SFTExample:
        answer = right.verdict.evidence
        pool = texts.CHECK_RIGHT if sayable(answer) else texts.CHECK_RIGHT_UNSAID
        check = ask.rng.choice(pool).format(answer=shown(answer))
        return self.sft(
            ask,
            right,
            [Segment("answer", apart(right.text)), Segment("verdict", check)],
            variant="good_case",
            error_kind="none",
            verified_by=f"answer:{right.verdict.method}",
            instruction=self._instruction(ask),
        )

    def _instruction(self, ask: Ask) -> str:
        return ask.rng.choice(texts.DOUBLE_CHECK) if self.instructions else ""


def _rejection(ask: Ask, wrong: Attempt, found: Location | None) -> str:
    """A check that names the false equation where there is one, else only the wrong answer."""
    answer = wrong.verdict.evidence
    equation = found if found and found.method == "equations" and found.right else None
    pool = texts.CHECK_WRONG_EQUATION if equation else texts.CHECK_WRONG
    if not sayable(answer):
        pool = texts.CHECK_WRONG_UNSAID
    return fill(ask.rng, pool, equation or Location(0, "", proven=False), answer=answer)
