"""Feedback distillation: what was reached with feedback in the prompt, learnt from the problem alone.

"RLTF-SD" (arXiv 2602.02482): a wrong first answer and feedback on it are in the prompt of the second answer,
which is then learnt from the first prompt, weighed by A = r(y1) - mean r(y0). "SDPO" (arXiv 2601.20802)
puts another right solution of the same problem there, and feedback only where there is none.

    asked    problem, the wrong answer, "The first step ... Please try again."
    row      user       What is 3 + 4?
             assistant  3 + 4 = 7. The answer is 7.      answer  learnt, weight 1 or A

Only right second answers are rows here, so A is 1 - pass rate, always positive. One that speaks of the help it
had is not used. SDPO learns the logits of one and the
same answer under both prompts; in text, that is to sample under the one and to learn under the other.
"""

from typing import ClassVar, Literal

from pydantic import Field

from generators.ask import Ask
from generators.feedback import feedback
from generators.hinted import stands_alone
from generators.prompts import hints as texts
from generators.recipes.base import Recipe
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Message, Segment


class FeedbackDistillation(Recipe):
    """Second answers, reached with feedback or a solution in view, behind the plain problem."""

    paper: ClassVar[str] = "RLTF-SD, arXiv 2602.02482; SDPO, arXiv 2601.20802"
    makes = ("sft",)
    needs_policy = True

    wrongs: int = Field(default=2, ge=1)
    """Most wrong answers per problem that are asked again."""
    tries: int = Field(default=4, ge=1)
    """Second answers sampled for each."""
    most: int = Field(default=2, ge=1)
    """Most rows per problem."""
    help: Literal["feedback", "solution"] = "feedback"
    """What stands in the prompt; `solution` falls back to feedback where no right answer was sampled."""
    advantage: bool = False
    """Weigh each row by A = 1 - pass rate instead of 1."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        by_answer = list({a.verdict.evidence: a for a in reversed(case.wrongs)}.values())
        had: set[str] = set()
        rows: list[Example] = []
        for wrong in by_answer[::-1][: self.wrongs]:
            for attempt in await self._second(ask, wrong):
                if attempt.text in had or len(rows) >= self.most:
                    continue
                had.add(attempt.text)
                rows.append(self._row(ask, attempt, wrong))
        return rows

    async def _second(self, ask: Ask, wrong: Attempt) -> list[Attempt]:
        """Second answers that can be learnt without the help they were given."""
        if not ask.has_policy:
            return []
        rights = ask.rights() if self.help == "solution" else []
        parents = [wrong.id]
        if rights:
            right = ask.rng.choice(rights)
            parents.append(right.id)
            turn = ask.rng.choice(texts.SEE_SOLUTION).format(solution=right.text.strip())
        else:
            said = await feedback(ask, wrong, ask.glance(wrong), self.texts)
            if said is None:
                ask.skip("feedback_reveals")
                return []
            turn = said.text
        asked = (*ask.prompt, Message("assistant", wrong.text), Message("user", turn))
        second = await ask.answers(self.tries, "with_" + self.help, messages=asked, parents=parents)
        if not any(a.verdict.is_right for a in second):
            ask.skip("not_reached")
        return [a for a in second if stands_alone(ask, a)]

    def _row(self, ask: Ask, attempt: Attempt, wrong: Attempt) -> SFTExample:
        weight = 1 - (ask.case.pass_rate or 0) if self.advantage else None
        return self.sft(
            ask, attempt, [Segment("answer", attempt.text, weight)], variant=self.help, parents=[wrong.id]
        )
