"""LEMMA: cut at the first error, notice it, then fix and continue or start afresh.

"LEMMA: Learning from Errors for MatheMatical Advancement in LLMs" (arXiv 2503.17439). A wrong
attempt of the model, or a right one with a mistake put in, is cut right after its first wrong step;
a transition names the mistake; then the step is repaired and the solution goes on
(`fix_and_continue`), or another right solution is given from the start (`fresh_and_restart`). Each
once per mistake.

    Step 1: 12 * 7 = 74                      mistake       learnt
    Wait, 12 * 7 is 84, not 74. Again:       reflection    learnt
    Step 1: 12 * 7 = 84                      correction    learnt
    The answer is 84.                        continuation  learnt

LEMMA learns the whole response, the wrong step included; `weights: {mistake: 0}` masks it. Without
the cut at the first error its authors lost most, so attempts whose first error is not located are
left out unless `keep_unlocated`. Mistakes are put in only where the policy erred itself, of the
kinds it made there. `hard` is LEMMA-Hard: more rows the oftener the policy fails.

Different from the paper: a mistake that is put in is made and proven by program (a teacher's
replies are used for kinds no program makes), and so is its place; a repair and a restart come
from right solutions, and only the transition and the `smooth` rewriting from a teacher.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.kinds import KindWeights
from generators.recipes.base import Recipe, until_mistake
from generators.reflect import restarting
from generators.smooth import smoothed
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

    mistakes: int = Field(default=4, ge=0)
    """Most wrong attempts used per problem."""
    injected: int = Field(default=2, ge=0)
    """Most mistakes put into right solutions of a problem that the policy got wrong at least once."""
    kinds: KindWeights = {}
    """Weights of the kinds put in; by default those the policy made on the problem, as often."""
    fix_and_continue: bool = True
    """Repair the wrong step and go on."""
    fresh_and_restart: bool = True
    """Give a right solution from the start."""
    smooth: bool = False
    """Have the teacher, where there is one, rewrite what follows the mistake as one connected text."""
    hard: bool = False
    """LEMMA-Hard: rows per problem by its failure rate, half from own mistakes, half from those put in."""
    k_max: int = Field(default=20, ge=1)
    """With `hard`: rows of a problem that is never solved."""
    proven_only: bool = False
    """Use only steps proven wrong, not those that are merely likely."""
    keep_unlocated: bool = False
    """Restart after the whole wrong attempt where its first error is not found."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        if not case.wrongs:
            return []
        half = round(self.k_max * (1 - (case.pass_rate or 0)) / 2)
        own, others = (half, half) if self.hard else (self.mistakes, self.injected)
        rows: list[Example] = []
        for wrong, found in await ask.mistakes(own, self.proven_only):
            rows += await self._both(ask, wrong, found)
        if self.keep_unlocated and self.fresh_and_restart:
            for wrong in [w for w in case.wrongs if await ask.locate(w) is None][:own]:
                rows += await self._restart(ask, wrong, Location(len(wrong.steps) - 1, "", proven=False))
        made: list[Example] = []
        for one in await ask.injected(others, self.kinds) if others else ():
            made += await self._both(ask, one.attempt, one.found)
        return [*rows[:half], *made[:half]] if self.hard else [*rows, *made]

    async def _both(self, ask: Ask, wrong: Attempt, found: Location) -> list[SFTExample]:
        rows = await self.repaired(ask, wrong, found, "fix_and_continue") if self.fix_and_continue else []
        rows += await self._restart(ask, wrong, found) if self.fresh_and_restart else []
        weight = self.weights.get("correction", 1.0)
        return [await smoothed(ask, row, weight) for row in rows] if self.smooth else rows

    async def _restart(self, ask: Ask, wrong: Attempt, found: Location) -> list[SFTExample]:
        solutions = ask.solutions(with_reference=False) or ask.solutions()
        if not solutions:
            ask.skip("no_right_solution")
            return []
        begun = wrong.before(found.step)
        others = [s for s in solutions if not begun or not s.text.startswith(begun)]
        right = ask.rng.choice(others or solutions)
        said = await restarting(ask, wrong, found, right.text, self.texts)
        segments = [
            *until_mistake(wrong, found),
            Segment("reflection", said.text + "\n"),
            Segment("correction", right.text),
        ]
        return [
            self.sft(
                ask, wrong, segments, variant="fresh_and_restart", found=found, right=right, written=[said]
            )
        ]
