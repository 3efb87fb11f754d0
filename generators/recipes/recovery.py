"""Recovery: go on from a wrong prefix to the right answer; the prefix is context and bears no loss.

The mathematics analogue of "Self-ReSET" (arXiv 2605.08936), which cuts unsafe answers where they
turn unsafe, has the model answer on from there, and may mask the prefix. Here an attempt is cut
after its first wrong step; the policy's own continuations that end right are learnt (`rerolled`), and
where there is none a repair that notices the mistake (`repaired`).

    Step 1: 3 * 4 = 12                          prefix        masked
    Step 2: 12 + 9 = 22                         mistake       masked
    Wait, 12 + 9 is 21, not 22. Again:          reflection    learnt
    Step 2: 12 + 9 = 21                         correction    learnt
    The answer is 21.                           continuation  learnt

A cut text is sampled from once and never cut again. `rights` adds right attempts cut after a step,
of which the rest is learnt: from a right prefix there is nothing to recover from.

Different from the paper: it trains by reinforcement from such prefixes; these are rows for supervised
learning. A continuation that ends right by luck is not used: one with an equation that is not surely true, with
the wrong result used again, or with an answer that none of its equations results in.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.recipes.base import Recipe
from generators.recovered import recovers
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.location import Location
from schemas.segment import Segment


class Recovery(Recipe):
    """A wrong prefix, masked, and a continuation that ends right."""

    paper: ClassVar[str] = "Self-ReSET, arXiv 2605.08936"
    makes = ("sft",)

    weights: dict[str, float] = {"prefix": 0.0, "mistake": 0.0}
    """Loss weight by segment kind: all up to the wrong step is masked."""
    mistakes: int = Field(default=4, ge=0)
    """Most wrong attempts cut per problem."""
    proven_only: bool = False
    """Cut only after steps proven wrong, not after those that are merely likely."""
    rerolls: int = Field(default=8, ge=0)
    """Continuations sampled from each cut; 0 samples none."""
    most: int = Field(default=1, ge=1)
    """Most continuations learnt for each cut."""
    temperature: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Temperature of the continuations; null: the policy's own."""
    repairs: bool = True
    """Where no continuation ends right, go on with a repair."""
    rights: int = Field(default=1, ge=0)
    """Most right attempts of three steps or more cut and gone on with, per problem."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(self.mistakes, self.proven_only):
            again = await self._rerolled(ask, wrong, found)
            if not again and self.repairs:
                again = (await self.repaired(ask, wrong, found, "repaired"))[: self.most]
            rows += again
        whole = [right for right in ask.rights() if len(right.steps) > 2]
        return rows + [self._kept(ask, right) for right in whole[: self.rights]]

    async def _rerolled(self, ask: Ask, wrong: Attempt, found: Location) -> list[SFTExample]:
        cut = wrong.text[: wrong.steps[found.step].end]
        if not ask.has_policy or not self.rerolls or cut.strip() == wrong.text.strip():
            return []
        rows: list[SFTExample] = []
        for again in await ask.answers(
            self.rerolls, "rerolled", prefix=cut, parents=[wrong.id], temperature=self.temperature
        ):
            rest = again.text[len(cut) :]
            if len(rows) < self.most and again.verdict.is_right and recovers(rest, again, found):
                lead = [
                    Segment("prefix", wrong.before(found.step)),
                    Segment("mistake", wrong.step_text(found.step)),
                ]
                segments = [
                    *(lead if found.proven else [Segment("mistake", cut)]),
                    Segment("continuation", rest),
                ]
                rows.append(
                    self.sft(
                        ask, wrong, segments, variant="rerolled", found=found, parents=[again.id],
                        verified_by=f"answer:{again.verdict.method}",
                    )
                )  # fmt: skip
        return rows

    def _kept(self, ask: Ask, right: Attempt) -> SFTExample:
        cut = ask.rng.randrange(1, len(right.steps) - 1)  # more than the answer's line is left to do
        segments = [
            Segment("prefix", right.before(cut)),
            Segment("continuation", right.text[right.steps[cut].start :]),
        ]
        return self.sft(ask, right, segments, variant="right_prefix")
