"""ReVISE: after an answer either stop or refine, learnt as pairs in two stages.

"ReVISE: Learning to Refine at Test-Time via Intrinsic Self-Verification" (arXiv 2502.14565). One choice
follows every answer: end, or a special token and another answer. Preference pairs in two stages:

* `verify`: a right answer and stop against the same and refine; behind a wrong answer (which stands
  in the prompt, so that nothing of it is learnt) refine against stop;
* `correct`: the same of right answers; behind a wrong one refine and the right solution against stop.

    prompt     What is 3 + 4? … 3 + 4 = 8. The answer is 8.
    chosen     [refine]                                    verdict
               3 + 4 = 7. The answer is 7.                 correction
    rejected   [stop]                                      false_verdict

The paper samples the second stage from the model that the first has made; here it takes other answers of the
same problem where there are any. It finds one sampled answer per problem enough: so one of each sort by default.

The paper stops by its end-of-turn token. That token is none of the text here, so stopping has a text of its
own; replace it by the token when training. Prompts that end in the assistant's answer are to be continued.
The same as SFT rows: wrong answer (masked), refine, right solution; right answer, stop.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import pydantic
from pydantic import Field

from filters.verify.stated_verdict import stated_verdict
from generators.ask import Ask
from generators.distinct import by_text
from generators.recipes.base import Recipe, apart
from generators.solutions import REFERENCE, Solution
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample
from schemas.segment import Message, Segment

Stage = Literal["verify", "correct"]


class RefineOrStop(Recipe):
    """Stop behind right answers, refine behind wrong ones: pairs in two stages, and SFT rows."""

    paper: ClassVar[str] = "ReVISE, arXiv 2502.14565"
    makes = ("sft", "preference")

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: wrong answers are masked."""
    refine: str = "[refine]"
    """The text that goes on to another answer; `[refine]`, `<refine>` or `<|refine|>` can be read back."""
    stop: str = "[stop]"
    """The text that ends; an end-of-turn token cannot stand in text."""
    wrongs: int = Field(default=1, ge=0)
    """Most wrong answers used per problem and stage."""
    rights: int = Field(default=1, ge=0)
    """Most right answers used per problem and stage."""
    stages: tuple[Stage, ...] = ("verify", "correct")
    """Stages whose preference pairs are made; the stage begins the variant."""
    as_sft: bool = True
    """Also the chosen sides as SFT rows."""
    revision: Literal["reference", "own"] = "reference"
    """Which right solution follows: the problem's own as in the paper, or one of the policy's, where there is one."""

    @pydantic.model_validator(mode="after")
    def _can_be_read(self) -> "RefineOrStop":
        if stated_verdict(self.refine) is not False or stated_verdict(self.stop) is not True:
            raise ValueError("`refine` and `stop` must be read as verdicts: [refine], <refine> or <|refine|>")
        return self

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        wrongs, rights = by_text(case.wrongs), ask.rights()
        solved = bool(ask.solutions())
        if not solved:
            ask.skip("no_right_solution")
        rows: list[Example] = []
        for turn, stage in enumerate(self.stages):
            rows += [self._stop(ask, right, stage) for right in turned(rights, self.rights, turn)]
            behind = turned(wrongs, self.wrongs, turn)
            if stage == "verify":
                rows += [self._refine(ask, wrong, None) for wrong in behind]
            elif solved:
                rows += [self._refine(ask, wrong, self._solution(ask)) for wrong in behind]
        if self.as_sft:
            rows += self._as_sft(ask, rights[: self.rights], wrongs[: self.wrongs] if solved else ())
        return rows

    def _solution(self, ask: Ask) -> Solution:
        """A right solution, of the wanted sort where there is one."""
        reference = [s for s in ask.solutions() if s.parent == REFERENCE]
        own = ask.solutions(with_reference=False)
        first, second = (reference, own) if self.revision == "reference" else (own, reference)
        return ask.rng.choice(first or second)

    def _stop(self, ask: Ask, right: Attempt, stage: Stage) -> PreferenceExample:
        lead = apart(right.text)
        return self.pair(
            ask,
            right,
            [Segment("answer", lead), Segment("verdict", self.stop)],
            [Segment("answer", lead), Segment("false_verdict", self.refine)],
            shared_prefix=len(lead),
            variant=f"{stage}.stop",
            verified_by=f"verdict:{right.verdict.method}",
        )

    def _refine(self, ask: Ask, wrong: Attempt, solution: Solution | None) -> PreferenceExample:
        """Refine, and with a solution go on to it, against stop."""
        chosen = [Segment("verdict", apart(self.refine) if solution else self.refine)]
        proof = (
            {"verified_by": f"verdict:{wrong.verdict.method}"} if solution is None else {"right": solution}
        )
        return self.pair(
            ask,
            wrong,
            [*chosen, *([Segment("correction", solution.text)] if solution else [])],
            [Segment("false_verdict", self.stop)],
            prompt=(*ask.prompt, Message("assistant", wrong.text)),
            found=ask.glance(wrong),
            variant="correct.refine" if solution else "verify.refine",
            **proof,
        )

    def _as_sft(self, ask: Ask, rights: Sequence[Attempt], wrongs: Sequence[Attempt]) -> Iterator[SFTExample]:
        for right in rights:
            segments = [Segment("answer", apart(right.text)), Segment("verdict", self.stop)]
            proof = f"verdict:{right.verdict.method}"
            yield self.sft(ask, right, segments, variant="sft.stop", verified_by=proof)
        for wrong in wrongs:
            solution, found = self._solution(ask), ask.glance(wrong)
            segments = [
                Segment("mistake", apart(wrong.text)),
                Segment("verdict", apart(self.refine)),
                Segment("correction", solution.text),
            ]
            yield self.sft(ask, wrong, segments, found=found, right=solution, variant="sft.refine")


def turned(attempts: Sequence[Attempt], most: int, turn: int) -> list[Attempt]:
    """Up to `most` attempts, of every turn others as long as there are any."""
    start = turn * most % max(len(attempts), 1)
    return [*attempts[start:], *attempts[:start]][:most]
