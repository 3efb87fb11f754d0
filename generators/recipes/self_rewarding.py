"""Self-rewarding correction: attempt, own verdict with a marker, revision where it says wrong.

"Self-rewarding correction for mathematical reasoning" (arXiv 2502.19613). Sequential rejection
sampling: attempts; verdicts on them of which one that agrees with the truth is kept; revisions, of which
right ones are kept. Three types of trajectories:

* `D1`: wrong attempt, wrong-marker, right revision: verdict and revision are learnt;
* `D2`: right attempt, wrong-marker all the same, right revision: only the revision is learnt;
* `D3`: right attempt, right-marker, end: both are learnt.

    3 + 4 = 8. The answer is 8.                           mistake     masked
    3 + 4 is 7, not 8. … [VERIFY] wrong                   verdict     learnt
    3 + 4 = 7. The answer is 7.                           correction  learnt

In `D2` the false verdict is of the kind `false_verdict` and masked, and so is the attempt (`prefix`).
Revisions are the policy's, continued from the verdict, else another right answer of its own. The markers may
be changed, the paper found their wording to matter little; they must be such that they can be read back.
"""

from typing import ClassVar

import pydantic
from pydantic import Field

from filters.verify.stated_verdict import stated_verdict
from generators.ask import Ask
from generators.distinct import by_answer
from generators.recipes.base import Recipe, apart
from generators.revisions import right_revision
from generators.verification import checkable, verification
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment


class SelfRewarding(Recipe):
    """Wrong attempt, verdict, revision; right attempt, false verdict, revision; right attempt, verdict."""

    paper: ClassVar[str] = "Self-rewarding correction for mathematical reasoning, arXiv 2502.19613"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0, "false_verdict": 0.0, "prefix": 0.0}
    """Loss weight by segment kind: masked are mistakes, false verdicts and the right attempts before them."""
    wrongs: int = Field(default=2, ge=0)
    """Most trajectories of wrong attempts (D1) per problem, distinct in their answers."""
    rights: int = Field(default=1, ge=0)
    """Most trajectories of right attempts that are confirmed (D3) per problem."""
    misled: int = Field(default=1, ge=0)
    """Most right attempts with a false verdict (D2) per problem that has wrong ones as well; 0 makes none."""
    revisions: int = Field(default=4, ge=0)
    """Revisions sampled after a wrong-marker; 0 takes other right answers of the policy at once."""
    right_marker: str = "[VERIFY] correct"
    """What a verdict on a right attempt ends in."""
    wrong_marker: str = "[VERIFY] wrong"
    """What a verdict on a wrong attempt ends in."""
    checks: bool = True
    """Give reasons before the marker; without, the marker is all."""

    @pydantic.model_validator(mode="after")
    def _markers_can_be_read(self) -> "SelfRewarding":
        if stated_verdict(self.right_marker) is not True or stated_verdict(self.wrong_marker) is not False:
            raise ValueError("the markers cannot be read as a right and a wrong verdict (stated_verdict.py)")
        return self

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        wrongs = by_answer([a for a in case.wrongs if self._judged(ask, a)])
        for wrong in wrongs[: self.wrongs]:
            said = await self._verdict(ask, wrong)
            rows += await self._revised(ask, wrong, said, "D1") if said else []
        for right in ask.rights()[: self.misled if case.wrongs else 0]:
            rows += await self._revised(ask, right, Written(self.wrong_marker), "D2")
        for right in [a for a in ask.rights() if self._judged(ask, a)][: self.rights]:
            said = await self._verdict(ask, right)
            rows += [self._confirmed(ask, right, said)] if said else []
        return rows

    def _judged(self, ask: Ask, attempt: Attempt) -> bool:
        """Whether a verdict on the attempt has reasons, or needs none."""
        return not self.checks or checkable(ask, attempt, self.texts)

    async def _verdict(self, ask: Ask, attempt: Attempt) -> Written | None:
        """A verdict that agrees with the judge's."""
        if self.checks:
            return await verification(ask, attempt, self.texts, (self.right_marker, self.wrong_marker))
        return Written(self.right_marker if attempt.verdict.is_right else self.wrong_marker)

    def _confirmed(self, ask: Ask, right: Attempt, said: Written) -> SFTExample:
        segments = [Segment("answer", apart(right.text)), Segment("verdict", said.text)]
        proof = f"verdict:{right.verdict.method}"
        return self.sft(ask, right, segments, variant="D3", verified_by=proof, written=[said])

    async def _revised(self, ask: Ask, attempt: Attempt, said: Written, variant: str) -> list[SFTExample]:
        """The attempt, a wrong-marker and a right answer of the policy's; nothing where it has none."""
        lead = apart(attempt.text) + apart(said.text)
        revision = await right_revision(ask, attempt, lead, self.revisions)
        if revision is None:
            ask.skip("no_right_revision")
            return []
        second, text = revision
        misled = attempt.verdict.is_right
        segments = [
            Segment("prefix" if misled else "mistake", apart(attempt.text)),
            Segment("false_verdict" if misled else "verdict", apart(said.text)),
            Segment("correction", text),
        ]
        row = self.sft(
            ask,
            attempt,
            segments,
            found=None if misled else ask.glance(attempt),
            variant=variant,
            verified_by=f"answer:{second.verdict.method}",
            parents=[second.id],
            written=[said],
        )
        return [row]
