"""S3c-Math: wrong step, reflection and improved step inside one solution, the wrong step masked.

"S³c-Math: Spontaneous Step-level Self-correction Makes Large Language Models Better Mathematical
Reasoners" (arXiv 2409.01524). On a right path the next step is sampled again; a wrong sample is
spliced in, followed by a reflection and the path's own step.

    Step 1: 3 * 4 = 12                     prefix        learnt
    Step 2: 12 + 9 = 22                    mistake       masked
    Wait, 12 + 9 is 21, not 22.            reflection    learnt
    Step 2: 12 + 9 = 21                    correction    learnt
    The answer is 21.                      continuation  learnt

Wrong steps come from the case's wrong attempts, where they first go wrong (`own_attempt`), and
from step-level sampling (`sampled_step`). Which models judged and wrote in the paper is not
public; here a sampled step is wrong when it states a false equation, and is used where the path's own
step computes the same expression, so that the reflection names the very mistake that is put right.
"""

from typing import ClassVar

from pydantic import Field

from filters.verify.equations import equations
from generators.ask import Ask
from generators.locate import false_step
from generators.recipes.base import Recipe, apart
from generators.reflect import notice
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
from schemas.segment import Segment


class StepwiseCorrection(Recipe):
    """Prefix, wrong step (masked), reflection, improved step, continuation."""

    paper: ClassVar[str] = "S3c-Math, arXiv 2409.01524"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the mistake is masked."""
    own_attempts: int = Field(default=4, ge=0)
    """Most wrong attempts repaired per problem."""
    proven_only: bool = False
    """Use only steps proven wrong. Before a merely likely one everything is masked."""
    insertions: int = Field(default=2, ge=0)
    """Most sampled wrong steps in one right solution; 0 samples none."""
    candidates: int = Field(default=6, ge=1)
    """Next steps sampled at each position."""
    temperature: float | None = Field(default=1.0, ge=0, allow_inf_nan=False)
    """Temperature of step-level sampling (1.0 by LEMMA's account of S3c); null: the policy's own."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(self.own_attempts, self.proven_only):
            rows += await self.repaired(ask, wrong, found, "own_attempt")
        rights = [a for a in ask.rights() if len(a.steps) > 1]
        if rights and self.insertions and ask.has_policy:
            rows += await self._spliced(ask, ask.rng.choice(rights))
        return rows

    async def _spliced(self, ask: Ask, right: Attempt) -> list[Example]:
        """One right solution with wrong samples of some of its steps put before them."""
        numbers = ask.rng.sample(range(len(right.steps)), len(right.steps))
        mistakes: dict[int, str] = {}
        for number in numbers:
            wrong = await self._wrong_step(ask, right, number)
            if wrong is not None:
                mistakes[number] = wrong
            if len(mistakes) >= self.insertions:
                break
        if not mistakes:
            ask.skip("no_wrong_sample")
            return []
        segments: list[Segment] = []
        for number in range(len(right.steps)):
            text = right.step_text(number)
            if number in mistakes:
                found = false_step(equations(mistakes[number]), number, proven=True)
                segments.append(Segment("mistake", apart(mistakes[number], "\n")))
                segments.append(Segment("reflection", notice(ask.rng, found) + "\n"))
                segments.append(Segment("correction", text))
            else:
                segments.append(Segment("prefix" if number < min(mistakes) else "continuation", text))
        return [
            self.sft(
                ask,
                right,
                segments,
                variant="sampled_step",
                error_kind="calculation",
                located_by="equations",
                verified_by=f"answer:{right.verdict.method}",
            )
        ]

    async def _wrong_step(self, ask: Ask, right: Attempt, number: int) -> str | None:
        """A sampled next step that states one false equation, of an expression the path's own step computes."""
        computed = {e.left for e in equations(right.step_text(number))}
        if not computed:
            return None
        samples = await ask.policy(
            right.before(number), n=self.candidates, stop=("\n",), temperature=self.temperature
        )
        for sample in samples:
            false = [e for e in equations(sample.text) if e.holds is False]
            if len(false) == 1 and false[0].left in computed and sample.text.endswith("\n"):
                return sample.text
        return None
