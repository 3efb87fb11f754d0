"""LEMMA: cut at the first error, notice it, then fix and continue or start afresh.

"LEMMA: Learning from Errors for MatheMatical Advancement in LLMs" (arXiv 2503.17439). A wrong
attempt of the model is cut right after its first wrong step; a transition names the mistake; then
the step is repaired and the solution goes on (`fix_and_continue`), or another right solution is
given from the start (`fresh_and_restart`). Each once per mistake.

    Step 1: 12 * 7 = 74                      mistake     learnt
    Wait, 12 * 7 is 84, not 74.              reflection  learnt
    Step 1: 12 * 7 = 84                      correction  learnt
    The answer is 84.                        continuation

LEMMA learns the whole response, the wrong step included: it is the one masked method's opposite.
Set `weights: {mistake: 0}` to mask it. Its ablation without the cut at the first error loses
most, so attempts whose first error is not located are left out unless `keep_unlocated`.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.prompts.corrections import START_OVER
from generators.recipes.base import Recipe, until_mistake
from generators.reflect import notice
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.location import Location
from schemas.segment import Segment


class Lemma(Recipe):
    """Right steps and the first wrong one, a transition, then a repair or a fresh start."""

    paper: ClassVar[str] = "LEMMA, arXiv 2503.17439"
    makes = ("sft",)
    learns_mistakes = True

    mistakes: int = Field(default=4, ge=1)
    """Most wrong attempts used per problem."""
    fix_and_continue: bool = True
    """Repair the wrong step and go on."""
    fresh_and_restart: bool = True
    """Give a right solution from the start."""
    proven_only: bool = False
    """Use only steps proven wrong, not those that are merely likely."""
    keep_unlocated: bool = False
    """Restart after the whole wrong attempt where its first error is not found."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(self.mistakes, self.proven_only):
            if self.fix_and_continue:
                rows += await self.repaired(ask, wrong, found, "fix_and_continue")
            if self.fresh_and_restart:
                rows += await self._restart(ask, wrong, found)
        if self.keep_unlocated and self.fresh_and_restart:
            for wrong in [w for w in case.wrongs if await ask.locate(w) is None][: self.mistakes]:
                rows += await self._restart(ask, wrong, Location(len(wrong.steps) - 1, "", proven=False))
        return rows

    async def _restart(self, ask: Ask, wrong: Attempt, found: Location) -> list[SFTExample]:
        solutions = ask.solutions()
        if not solutions:
            ask.skip("no_right_solution")
            return []
        solution = ask.rng.choice(ask.solutions(with_reference=False) or solutions)
        verdict = await ask.verify(solution.text)
        said = f"{notice(ask.rng, found)} {ask.rng.choice(START_OVER)}"
        return [
            self.sft(
                ask,
                wrong,
                [
                    *until_mistake(wrong, found),
                    Segment("reflection", said + "\n"),
                    Segment("correction", solution.text),
                ],
                variant="fresh_and_restart",
                error_kind=found.kind,
                located_by=found.method,
                parents=[solution.parent],
                verified_by=f"answer:{verdict.method}",
            )
        ]
