"""RISE, trust but verify: the policy's own solutions, to be checked and scored, from the grades they have.

"Trust, But Verify: A Self-Verification Approach to Reinforcement Learning with Verifiable Rewards" (arXiv
2505.13445). Problem, one of the model's own solutions and the rule of scoring make a prompt of
their own; the outcome is known already, so a critique that ends in the right score is a row for nothing.

    (user) Grade the solution that you gave. … 3 + 4 = 8. The answer is 8. …
    3 + 4 is 7, not 8. The answer is wrong.      critique    learnt
    Score: 0                                     verdict     learnt

Off-line here, as SFT rows; the paper trains on-line and scores -0.5 for a wrong answer and -1 for none,
here it is 0, and answers that cannot be judged are left out. `one_word` adds rows whose whole reply is True or
False, for readers of the probability of that word.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.distinct import by_text
from generators.prompts.grading import GRADE_IT, ONE_WORD, SCORE, TASK
from generators.recipes.base import Recipe
from generators.verification import checkable, verification
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Message, Segment

_SCORES = ("Score: 1", "Score: 0")


class SelfVerification(Recipe):
    """A solution in the user message; a critique and a score."""

    paper: ClassVar[str] = "RISE (Trust, But Verify), arXiv 2505.13445"
    makes = ("sft",)

    most: int = Field(default=2, ge=1)
    """Most right and most wrong solutions used per problem; equal texts count once."""
    balanced: bool = True
    """As many right as wrong ones of a problem; a problem with but one sort gives none."""
    one_word: bool = False
    """Also rows that are answered by True or False alone."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rights, wrongs = (
            [a for a in attempts if checkable(ask, a, self.texts)]
            for attempts in (ask.rights(), by_text(case.wrongs))
        )
        most = min(self.most, len(rights), len(wrongs)) if self.balanced else self.most
        if most == 0:
            ask.skip("one_sort_only")
        rows: list[Example] = []
        for attempt in (*rights[:most], *wrongs[:most]):
            rows += await self._scored(ask, attempt)
            if self.one_word:
                word = "True" if attempt.verdict.is_right else "False"
                rows.append(self._row(ask, attempt, ONE_WORD, [Segment("verdict", word)], "one_word"))
        return rows

    async def _scored(self, ask: Ask, attempt: Attempt) -> list[SFTExample]:
        said = await verification(ask, attempt, self.texts, _SCORES)
        if said is None:
            return []
        critique, _, score = said.text.rpartition("\n")
        segments = [Segment("critique", critique + "\n"), Segment("verdict", score)]
        return [self._row(ask, attempt, SCORE, segments, "scored", [said])]

    def _row(
        self,
        ask: Ask,
        attempt: Attempt,
        rule: str,
        segments: list[Segment],
        variant: str,
        said: list[Written] | None = None,
    ) -> SFTExample:
        task = TASK.format(
            request=ask.rng.choice(GRADE_IT),
            statement=ask.case.problem.statement,
            solution=attempt.text.strip(),
            rule=rule,
        )
        return self.sft(
            ask,
            attempt,
            segments,
            prompt=(Message("user", task),),
            found=None if attempt.verdict.is_right else ask.glance(attempt),
            variant=variant,
            verified_by=f"verdict:{attempt.verdict.method}",
            written=said or [],
        )
