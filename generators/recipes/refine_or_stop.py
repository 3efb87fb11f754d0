"""ReVISE: after an answer either stop or refine, learnt as pairs in two stages; and PAG's selective revision.

"ReVISE: Learning to Refine at Test-Time via Intrinsic Self-Verification" (arXiv 2502.14565). One choice
follows every answer: end, or a special token and another answer. Preference pairs in two stages:

* `verify`: a right answer and stop against the same and refine; behind a wrong answer (which stands
  in the prompt, so that nothing of it is learnt) refine against stop;
* `correct`: the same of right answers; behind a wrong one refine and the right solution against stop.

    prompt     What is 3 + 4? … 3 + 4 = 8. The answer is 8.
    chosen     [refine]                                    verdict
               3 + 4 = 7. The answer is 7.                 correction
    rejected   [stop]                                      false_verdict

The paper stops by its end-of-turn token. That token is none of the text here, so stopping has a text of its
own; replace it by the token when training. Prompts that end in the assistant's answer are to be continued.
The same as SFT rows: wrong answer (masked), refine, right solution; right answer, stop.

PAG ("Policy as Generative Verifier", arXiv 2506.10406) has the same choice in words and turns: answer, the user
asks for a check, the check ends in a verdict, and only where it says wrong the user asks for a revision.
"""

from typing import ClassVar, Literal

import pydantic
from pydantic import Field

from filters.verify.stated_verdict import stated_verdict
from generators.ask import Ask
from generators.prompts.second_turns import VERIFY, YOU_REJECTED_IT
from generators.recipes.base import Recipe, apart
from generators.solutions import REFERENCE, Solution
from generators.verification import verification
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample
from schemas.segment import Message, Segment

Stage = Literal["verify", "correct"]


class RefineOrStop(Recipe):
    """Stop behind right answers, refine behind wrong ones: pairs in two stages, SFT rows, and turns."""

    paper: ClassVar[str] = "ReVISE, arXiv 2502.14565; selective revision: PAG, arXiv 2506.10406"
    makes = ("sft", "preference")

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: wrong answers are masked."""
    refine: str = "[refine]"
    """The text that goes on to another answer; `[refine]`, `<refine>` or `<|refine|>` can be read back."""
    stop: str = "[stop]"
    """The text that ends; an end-of-turn token cannot stand in text."""
    wrongs: int = Field(default=2, ge=0)
    """Most wrong answers used per problem."""
    rights: int = Field(default=1, ge=0)
    """Most right answers used per problem."""
    stages: tuple[Stage, ...] = ("verify", "correct")
    """Stages whose preference pairs are made; the stage begins the variant."""
    as_sft: bool = True
    """Also the chosen sides as SFT rows."""
    turns: bool = True
    """Also PAG's conversations: answer, check, revision only where the check says wrong."""
    revision: Literal["reference", "own"] = "reference"
    """Which right solution follows: the problem's own as in the paper, or one of the policy's, where there is one."""

    @pydantic.model_validator(mode="after")
    def _can_be_read(self) -> "RefineOrStop":
        if stated_verdict(self.refine) is not False or stated_verdict(self.stop) is not True:
            raise ValueError("`refine` and `stop` must be read as verdicts: [refine], <refine> or <|refine|>")
        return self

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        wrongs = list({a.text: a for a in case.wrongs}.values())[: self.wrongs]
        rights = ask.rights()[: self.rights]
        if not ask.solutions():
            ask.skip("no_right_solution")
        revised = [(w, self._solution(ask)) for w in wrongs] if ask.solutions() else []
        rows: list[Example] = []
        for stage in self.stages:
            rows += [self._stop(ask, right, stage) for right in rights]
            if stage == "verify":
                rows += [self._refine(ask, wrong) for wrong in wrongs]
            else:
                rows += [self._correct(ask, wrong, solution) for wrong, solution in revised]
        if self.as_sft:
            rows += [self._stopped(ask, right) for right in rights]
            rows += [self._revised(ask, wrong, solution) for wrong, solution in revised]
        if self.turns:
            rows += [await self._confirmed(ask, right) for right in rights]
            rows += [await self._rejected(ask, wrong, solution) for wrong, solution in revised]
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

    def _refine(self, ask: Ask, wrong: Attempt) -> PreferenceExample:
        return self.pair(
            ask,
            wrong,
            [Segment("verdict", self.refine)],
            [Segment("false_verdict", self.stop)],
            prompt=(*ask.prompt, Message("assistant", wrong.text)),
            found=ask.glance(wrong),
            variant="verify.refine",
            verified_by=f"verdict:{wrong.verdict.method}",
        )

    def _correct(self, ask: Ask, wrong: Attempt, solution: Solution) -> PreferenceExample:
        return self.pair(
            ask,
            wrong,
            [Segment("verdict", apart(self.refine)), Segment("correction", solution.text)],
            [Segment("false_verdict", self.stop)],
            prompt=(*ask.prompt, Message("assistant", wrong.text)),
            found=ask.glance(wrong),
            right=solution,
            variant="correct.refine",
        )

    def _stopped(self, ask: Ask, right: Attempt) -> SFTExample:
        segments = [Segment("answer", apart(right.text)), Segment("verdict", self.stop)]
        proof = f"verdict:{right.verdict.method}"
        return self.sft(ask, right, segments, variant="sft.stop", verified_by=proof)

    def _revised(self, ask: Ask, wrong: Attempt, solution: Solution) -> SFTExample:
        segments = [
            Segment("mistake", apart(wrong.text)),
            Segment("verdict", apart(self.refine)),
            Segment("correction", solution.text),
        ]
        return self.sft(ask, wrong, segments, found=ask.glance(wrong), right=solution, variant="sft.refine")

    async def _confirmed(self, ask: Ask, right: Attempt) -> SFTExample:
        said = await verification(ask, right, self.texts)
        return self.talk(
            ask,
            right,
            [
                [Segment("answer", right.text)],
                Message("user", ask.rng.choice(VERIFY)),
                [Segment("verdict", said.text)],
            ],
            variant="turns.confirmed",
            verified_by=f"verdict:{right.verdict.method}",
            written=[said],
        )

    async def _rejected(self, ask: Ask, wrong: Attempt, solution: Solution) -> SFTExample:
        said = await verification(ask, wrong, self.texts)
        return self.talk(
            ask,
            wrong,
            [
                [Segment("mistake", wrong.text)],
                Message("user", ask.rng.choice(VERIFY)),
                [Segment("verdict", said.text)],
                Message("user", ask.rng.choice(YOU_REJECTED_IT)),
                [Segment("correction", solution.text)],
            ],
            found=ask.glance(wrong),
            right=solution,
            variant="turns.revised",
            written=[said],
        )
