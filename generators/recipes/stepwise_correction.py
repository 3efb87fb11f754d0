"""S3c-Math: wrong step, reflection and improved step inside one solution, the wrong step masked.

"S³c-Math: Spontaneous Step-level Self-correction Makes Large Language Models Better Mathematical
Reasoners" (arXiv 2409.01524). On a right path the next step is sampled again; a wrong sample is
spliced in, followed by a reflection and the path's own step, with which the path goes on.

    Step 1: 3 * 4 = 12                     prefix        learnt
    Step 2: 12 + 9 = 22                    mistake       masked
    Wait, 12 + 9 is 21, not 22. Again:     reflection    learnt
    Step 2: 12 + 9 = 21                    correction    learnt
    The answer is 21.                      continuation  learnt

Wrong steps are sampled on right paths (`sampled_step`), put into them (`injected_step`), and come
from the case's wrong attempts, where they first go wrong (`own_attempt`). `originals` mixes right
solutions in, as the paper mixes its source.

Different from the paper, whose judge and writer are not public: a sampled step is wrong when
it states a false equation, and is used where the path's own step computes the same expression, so
that the reflection names the very mistake that is put right; the improved step is the path's own.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.kinds import KindWeights
from generators.recipes.base import Recipe, apart
from generators.reflect import reflection
from generators.repair import Repair
from generators.solutions import Solution
from generators.wrong_steps import WrongStep, injected_steps, sampled_steps
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment, SegmentKind


class StepwiseCorrection(Recipe):
    """Prefix, wrong step (masked), reflection, improved step, continuation."""

    paper: ClassVar[str] = "S3c-Math, arXiv 2409.01524"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the mistake is masked."""
    insertions: int = Field(default=2, ge=1)
    """Most wrong steps in one right solution."""
    paths: int = Field(default=1, ge=0)
    """Right solutions of a problem on which steps are sampled; 0 samples none."""
    positions: int = Field(default=6, ge=1)
    """Most steps of a path that are sampled again, in random order."""
    candidates: int = Field(default=6, ge=1)
    """Next steps sampled at each position."""
    temperature: float | None = Field(default=1.0, ge=0, allow_inf_nan=False)
    """Temperature of step-level sampling (1.0 by LEMMA's account of S3c); null: the policy's own."""
    injected: int = Field(default=2, ge=0)
    """Most mistakes put into the right solutions of a problem."""
    kinds: KindWeights = {}
    """Weights of the kinds put in; by default those the policy made on the problem, as often."""
    own_attempts: int = Field(default=4, ge=0)
    """Most wrong attempts repaired per problem."""
    proven_only: bool = False
    """Of own attempts use only steps proven wrong. Before a merely likely one everything is masked."""
    originals: int = Field(default=1, ge=0)
    """Most right solutions of the policy kept as they are, per problem."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(self.own_attempts, self.proven_only):
            rows += await self.repaired(ask, wrong, found, "own_attempt")
        whole = [s for s in ask.solutions(with_reference=False) if len(s.steps) > 1]
        for path in ask.rng.sample(whole, min(self.paths, len(whole))) if ask.has_policy else ():
            steps = await sampled_steps(
                ask, path, self.insertions, self.positions, self.candidates, self.temperature
            )
            if steps:
                rows.append(await self._spliced(ask, path, steps, "sampled_step"))
            else:
                ask.skip("no_wrong_sample")
        for path, steps in await injected_steps(ask, self.injected, self.kinds, self.insertions):
            rows.append(await self._spliced(ask, path, steps, "injected_step"))
        for right in ask.rights()[: self.originals]:
            rows.append(self.sft(ask, right, [Segment("answer", right.text)], variant="original"))
        return rows

    async def _spliced(self, ask: Ask, path: Solution, steps: list[WrongStep], variant: str) -> SFTExample:
        """The path with wrong steps put before its own, each noticed."""
        wrong_at = {step.number: step for step in steps}
        segments, written = [], []
        for number in range(len(path.steps)):
            kind: SegmentKind = "prefix" if number < steps[0].number else "continuation"
            wrong = wrong_at.get(number)
            if wrong is not None:
                rest = path.text[path.steps[number].end :]
                repair = Repair(path.step_text(number), rest, "sibling", (), path.verified_by)
                said = await reflection(ask, wrong.attempt, wrong.found, repair, self.texts)
                written.append(said)
                segments.append(Segment("mistake", apart(wrong.text, "\n")))
                segments.append(Segment("reflection", said.text + "\n"))
                kind = "correction"
            segments.append(Segment(kind, path.step_text(number)))
        first = steps[0]
        return self.sft(
            ask, first.attempt, segments, variant=variant, found=first.found, right=path,
            parents=[step.attempt.id for step in steps[1:]], written=written,
        )  # fmt: skip
