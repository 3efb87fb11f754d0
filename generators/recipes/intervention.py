"""InT: right steps and one corrective step in place of the first wrong one, and nothing after it.

"InT: Self-Proposed Interventions Enable Credit Assignment in LLM Reasoning" (arXiv 2601.14209). A wrong
attempt is cut before its first wrong step, one step is put in its place, and the rest is thrown
away: the model learns to take the right turn where it went wrong. The step must not hold the
answer, and the answer must be reached from it.

    Step 1: 3 * 4 = 12                          prefix      learnt
    Step 2: twice as many is 2 * 12 = 24        correction  learnt
    (Step 2: 2 + 12 = 14 and all after it are gone)

`weights: {prefix: 0}` and `suffix` are the paper's ablations. Also makes the pair of the step against
the wrong one. The row breaks off in the middle of a solution: with `suffix: none` its end-of-turn
token should bear no loss; `suffix: masked` shows the rest without loss, so that nothing breaks off.

Different from the paper: the step is a verified repair (or the teacher's; `texts: policy` has the
policy write it with the solution in view, as the paper does). Where no continuations can be sampled
it is the repaired whole solution that verifies, which `verified_by` tells: `continued:exact`, not `continued:3/8`.
Before a step that is merely likely the first wrong one, the prefix is masked, and no pair is made.
"""

from typing import ClassVar, Literal

from pydantic import Field

from generators.ask import Ask
from generators.interventions import Intervention, continued, interventions, ranked
from generators.recipes.base import Recipe
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
from schemas.location import Location
from schemas.segment import Segment


class InterventionTraining(Recipe):
    """Right prefix and one corrective step, from which the answer is reached."""

    paper: ClassVar[str] = "InT, arXiv 2601.14209"
    makes = ("sft", "preference")

    mistakes: int = Field(default=4, ge=1)
    """Most wrong attempts used per problem."""
    proven_only: bool = False
    """Use only steps proven wrong, not those that are merely likely."""
    candidates: int = Field(default=2, ge=1)
    """Corrective steps tried for one wrong step; the first that passes is taken."""
    rank: bool = False
    """Try the candidates in the order of their likelihood under the policy."""
    continuations: int = Field(default=8, ge=0)
    """Continuations sampled from the corrective step (the paper: 32); 0 samples none."""
    least: int = Field(default=1, ge=1)
    """Continuations that must end right."""
    suffix: Literal["none", "masked", "learnt"] = "none"
    """What of a repaired solution's rest stands in the row."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        seen: set[tuple[str, str]] = set()
        for wrong, found in await ask.mistakes(self.mistakes, self.proven_only):
            made = await interventions(ask, wrong, found, self.candidates, self.texts)
            if self.rank:
                made = await ranked(ask, wrong.before(found.step), made)
            for one in made:
                said = (wrong.before(found.step), one.step)
                proof = await self._proof(ask, wrong, found, one)
                if proof:
                    rows += self._rows(ask, wrong, found, one, proof, said in seen)
                    seen.add(said)
                    break
            else:
                ask.skip("no_intervention")
        return rows

    async def _proof(self, ask: Ask, wrong: Attempt, found: Location, one: Intervention) -> str | None:
        if self.continuations and ask.has_policy:
            return await continued(ask, wrong, found, one.step, self.continuations, self.least)
        return one.verified_by or None

    def _rows(
        self, ask: Ask, wrong: Attempt, found: Location, one: Intervention, proof: str, seen: bool
    ) -> list[Example]:
        before = wrong.before(found.step)
        step = Segment("correction", one.step)
        rows: list[Example] = []
        if not seen:
            segments = [Segment("prefix", before, None if found.proven else 0), step, *self._rest(one)]
            proven = one.verified_by.replace("continued:", "answer:") if len(segments) > 2 else proof
            rows.append(
                self.sft(
                    ask, wrong, segments, variant="corrective_step", found=found, verified_by=proven,
                    parents=one.parents, written=one.written,
                )
            )  # fmt: skip
        if found.proven:
            shared = Segment("prefix", before, 0)
            chosen = [shared, step]
            rejected = [shared, Segment("mistake", wrong.step_text(found.step).rstrip())]
            rows.append(
                self.pair(
                    ask, wrong, chosen, rejected, shared_prefix=len(before), variant="against_the_wrong_step",
                    found=found, verified_by=proof, parents=one.parents, written=one.written,
                )
            )  # fmt: skip
        return rows

    def _rest(self, one: Intervention) -> list[Segment]:
        """The rest of the repaired solution, where it is wanted and known."""
        if self.suffix == "none" or not one.rest.strip():
            return []
        return [Segment("continuation", "\n" + one.rest, None if self.suffix == "learnt" else 0)]
