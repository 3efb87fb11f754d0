"""SCORE: a critique of the first wrong step, written with a right solution in view, and the correction.

"Small Language Models Need Strong Verifiers to Self-Correct Reasoning" (SCORE, arXiv 2404.17140). A wrong and
a right solution of one problem are compared; each step gets its feedback, of which only that on the first wrong
step is kept; then a right solution is given. Right solutions with "nothing is wrong" balance them, and a
verifier learns to tell the two apart, so that only what it rejects is refined.

    user       problem, solution "Step 1: 3 + 4 = 8 ...", request for critique and correction
    assistant  It is the first step that does not hold. 3 + 4 gives 7, not 8.    critique    learnt
               Corrected: Step 1: 3 + 4 = 7 ...                                  correction  learnt

The wrong solution is part of the user's message and bears no loss. Without a model the comparison is that of
aligned steps (`generators.critique`); a model's critique has to pass the paper's rules: as many numbered steps as
the solution has, no answer given away, no word of a second solution. `refine` asks the policy to refine with
the critique and keeps those that helped, as the paper does; it is off by default because it costs samples.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.critique import aligned_solution, critique
from generators.feedback import sure
from generators.labelled import labelled
from generators.prompts import critiques as texts
from generators.prompts.feedback import NO_MISTAKE
from generators.recipes.base import Recipe
from generators.solutions import Solution
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.location import Location
from schemas.segment import Message, Segment


class HintedCritique(Recipe):
    """Critique and correction of a given solution, verdicts on it, and its step labels."""

    paper: ClassVar[str] = "SCORE, arXiv 2404.17140"
    makes = ("sft", "stepwise")

    mistakes: int = Field(default=2, ge=1)
    """Most wrong attempts criticised per problem."""
    rights: int = Field(default=1, ge=0)
    """Most right attempts per problem whose critique is that nothing is wrong."""
    all_steps: bool = False
    """Go through every step up to the first wrong one, where that is proven, instead of naming it alone."""
    proven_only: bool = False
    """Use only steps proven wrong, not those that are merely as good as sure."""
    refine: int = Field(default=0, ge=0)
    """Refinements sampled with each critique, one of which must be right; 0 does not ask."""
    verifier: bool = True
    """Also rows that ask for a score alone: of `mistakes` wrong and `rights` right attempts."""
    labels: bool = True
    """Also rows of step labels, where the first wrong step is proven."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(self.mistakes, self.proven_only):
            if not sure(found):
                ask.skip("not_sure")
                continue
            right = aligned_solution(ask, wrong, found)
            if right is None:
                ask.skip("no_right_solution")
                continue
            said = await critique(ask, wrong, found, right, self.texts)
            if self.refine and ask.has_policy and not await self._helps(ask, wrong, said):
                ask.skip("critique_did_not_help")
                continue
            rows.append(self._criticised(ask, wrong, found, said, right))
            if self.labels and found.proven and (row := labelled(self, ask, wrong, found, "labels")):
                rows.append(row)
        rights = ask.rights()[: self.rights]
        rows += [self._praised(ask, right) for right in rights]
        if self.labels:
            rows += [row for right in rights if (row := labelled(self, ask, right, None, "labels"))]
        if self.verifier:
            wrongs = list({a.text: a for a in case.wrongs}.values())[: self.mistakes]
            rows += [self._scored(ask, attempt) for attempt in (*wrongs, *rights)]
        return rows

    def _criticised(
        self, ask: Ask, wrong: Attempt, found: Location, said: Written, right: Solution
    ) -> SFTExample:
        critique = [Segment("critique", said.text + "\n")]
        if self.all_steps and found.proven:
            critique = self._step_by_step(ask, wrong, found, said)
        return self.sft(
            ask,
            wrong,
            [*critique, Segment("correction", f"{ask.rng.choice(texts.THEN)}\n{right.text}")],
            prompt=self._asked(ask, wrong, ask.rng.choice(texts.ASK)),
            found=found,
            right=right,
            variant="critique",
            written=[said],
        )

    def _step_by_step(self, ask: Ask, wrong: Attempt, found: Location, said: Written) -> list[Segment]:
        lines = []
        for number in range(found.step + 1):
            comment = ask.rng.choice(texts.STEP_HOLDS) if number < found.step else said.text
            lines.append(f"{wrong.step_text(number).strip()}\nFeedback: {comment}\n")
        return [Segment("critique", "".join(lines))]

    async def _helps(self, ask: Ask, wrong: Attempt, said: Written) -> bool:
        """Whether the policy gets the answer right when it refines with the critique."""
        asked = (*ask.prompt, Message("assistant", wrong.text), Message("user", said.text))
        refined = await ask.answers(self.refine, "refinement", messages=asked, parents=[wrong.id])
        return any(a.verdict.is_right for a in refined)

    def _praised(self, ask: Ask, right: Attempt) -> SFTExample:
        said = Written(ask.rng.choice(NO_MISTAKE))
        return self.sft(
            ask,
            right,
            [Segment("verdict", said.text)],
            prompt=self._asked(ask, right, ask.rng.choice(texts.ASK)),
            verified_by=f"verdict:{right.verdict.method}",
            variant="no_mistake",
            written=[said],
        )

    def _scored(self, ask: Ask, attempt: Attempt) -> SFTExample:
        score = "Score: 1" if attempt.verdict.is_right else "Score: 0"
        return self.sft(
            ask,
            attempt,
            [Segment("verdict", score)],
            prompt=self._asked(ask, attempt, ask.rng.choice(texts.ASK_SCORE)),
            verified_by=f"verdict:{attempt.verdict.method}",
            found=None if attempt.verdict.is_right else ask.glance(attempt),
            variant="verifier",
        )

    def _asked(self, ask: Ask, attempt: Attempt, request: str) -> tuple[Message, ...]:
        problem = ask.prompt[-1].content
        shown = texts.SHOWN.format(problem=problem, work=attempt.text.strip(), ask=request)
        return (*ask.prompt[:-1], Message("user", shown))
