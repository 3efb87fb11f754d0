r"""Self-braking: stop after the answer is found, at a sentence that says so.

"Let LLMs Break Free from Overthinking via Self-Braking Tuning" (arXiv 2505.14604). A right attempt that goes on after
it has stated the answer is scored (`generators.overthinking`); above the threshold it is cut, the beginning
of what was not needed is kept without loss, and a braking sentence and the answer end it.

    Step 1: 3 * 4 = 12. The answer is \boxed{12}.    answer      learnt
    Wait, let me check that again. 12 / 4            redundant   masked
    I have the answer already. Time to stop.         brake       learnt
    The answer is \boxed{12}.                        answer      learnt

`form: exact` keeps up to the second time the answer is stated (SBT-E); `form: dynamic` lets the score
decide, step by step (SBT-D). Attempts below the threshold stay as they are (`unchanged`). A policy that
never overthinks gives nothing to cut: `spliced` puts a second right attempt of its own behind the
first as redundancy.

Different from the paper: the first right step is the first that states the right answer to the judge, not a
language model's vote; the mask is by position; texts without a second statement of the answer are cut at
the first and not dropped; a closing `</think>` is kept. Hesitating words are our own list.
"""

from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field

from generators import overthinking
from generators.ask import Ask
from generators.prompts.brakes import BRAKES
from generators.recipes.base import Recipe, apart
from generators.solutions import answer_form
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment

_THOUGHT_ENDS = "</think>"


class SelfBraking(Recipe):
    """Solution, masked redundancy, braking sentence, answer."""

    paper: ClassVar[str] = "Self-Braking Tuning, arXiv 2505.14604"
    makes = ("sft",)

    weights: dict[str, float] = {"redundant": 0.0}
    """Loss weight by segment kind: the redundant stretch is masked."""
    form: Literal["exact", "dynamic"] = "exact"
    """SBT-E or SBT-D."""
    threshold: float = Field(default=0.2, ge=0, le=1)
    """Score above which an attempt overthinks."""
    margin: float = Field(default=0.05, ge=0, le=1)
    """With `dynamic`: how far above the threshold the redundant stretch ends."""
    most: int = Field(default=4, ge=0)
    """Most overthinking attempts cut per problem."""
    unchanged: int = Field(default=1, ge=0)
    """Most right attempts below the threshold kept as they are, per problem."""
    spliced: int = Field(default=1, ge=0)
    """Most rows made of two right attempts, for problems on which no attempt overthinks."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        braked: list[Example] = []
        brief: list[Attempt] = []
        for right in ask.rights():
            if overthinking.noisy(right.text):
                ask.skip("unreadable")
                continue
            steps = overthinking.fine_steps(right.text.partition(_THOUGHT_ENDS)[0])
            ends = await overthinking.solution_ends(ask, steps)
            if not ends or overthinking.score(ends[0], steps) <= self.threshold:
                brief.append(right)
                continue
            exact = self.form == "exact"
            cut = (
                overthinking.exact_cut(steps, ends)
                if exact
                else overthinking.dynamic_cut(steps, ends[0], self.threshold, self.margin)
            )
            if cut is None or not overthinking.readable(cut.redundant):
                ask.skip("nothing_to_cut" if cut is None else "unreadable")
            elif len(braked) < self.most:
                braked.append(self._braked(ask, right, cut, f"braked_{self.form}"))
        for first, second in list(pairwise(brief))[: self.spliced] if not braked else ():
            braked.append(
                self._braked(
                    ask,
                    first,
                    overthinking.behind(ask.rng, first.text, second.text),
                    "braked_spliced",
                    second,
                )
            )
        return braked + [
            self.sft(ask, right, [Segment("answer", right.text)], variant="unchanged")
            for right in brief[: self.unchanged]
        ]

    def _braked(
        self, ask: Ask, right: Attempt, cut: overthinking.Cut, variant: str, second: Attempt | None = None
    ) -> SFTExample:
        said = Written(ask.rng.choice(BRAKES))
        _, ends, answer = right.text.partition(_THOUGHT_ENDS)
        form = answer_form(ask.case.attempts)
        last = ends + answer if ends else form.format(right.verdict.evidence)
        segments = [
            Segment("answer", cut.kept),
            Segment("redundant", apart(cut.redundant, "\n")),
            Segment("brake", said.text + "\n"),
            Segment("answer", last),
        ]
        parents = [second.id] if second else []
        return self.sft(ask, right, segments, variant=variant, parents=parents, written=[said])
