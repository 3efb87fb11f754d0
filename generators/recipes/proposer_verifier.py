"""SPOC: solutions and verifications in turn, each a message of its own, until a verification says yes.

"Boosting LLM Reasoning via Spontaneous Self-Correction" (SPOC, arXiv 2506.06923), its Pair-SFT data.
Problems of which all samples are right, or none, are left out. One right sample is taken as the solution y*.
Of the wrong samples one is verified (the same model writes the verification, shown y* as well; taken
where its verdict is true) and followed by y*; of the other right samples one is verified, and that ends it.

    assistant  3 + 4 = 8. The answer is 8.                     mistake     masked
    assistant  3 + 4 is 7, not 8. … correct? No                verdict     learnt
    assistant  3 + 4 = 7. The answer is 7.                     correction  learnt

One row of each kind per problem at most, so that both are about as many. In training, messages that
are not the last end in an end-of-message token and the last in an end-of-turn token; `joined` makes one
message of them for templates that know no such thing.
"""

from typing import ClassVar

import pydantic

from filters.verify.stated_verdict import stated_verdict
from generators.ask import Ask
from generators.recipes.base import Recipe, apart
from generators.verification import checkable, verification
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment


class ProposerVerifier(Recipe):
    """Wrong solution, verification, right solution; right solution, verification."""

    paper: ClassVar[str] = "SPOC, arXiv 2506.06923"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the wrong solution is masked."""
    right_line: str = "Is the solution above correct? Yes"
    """What the verification of a right solution ends in."""
    wrong_line: str = "Is the solution above correct? No"
    """What the verification of a wrong solution ends in."""
    joined: bool = False
    """Put all into one assistant message instead of consecutive ones."""
    both: bool = False
    """Only problems that give both kinds of rows, so that they are equally many."""

    @pydantic.model_validator(mode="after")
    def _lines_can_be_read(self) -> "ProposerVerifier":
        if stated_verdict(self.right_line) is not True or stated_verdict(self.wrong_line) is not False:
            raise ValueError("the lines cannot be read as a right and a wrong verdict (stated_verdict.py)")
        return self

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rights = ask.rights()
        if not rights or not case.wrongs:
            ask.skip("all_right" if rights else "no_right_solution")
            return []
        solution = ask.rng.choice(rights)
        wrongs = [a for a in case.wrongs if checkable(ask, a, self.texts)]
        others = [a for a in rights if a is not solution and checkable(ask, a, self.texts)]
        rows: list[Example] = []
        if wrongs:
            wrong = ask.rng.choice(wrongs)
            said = await self._verification(ask, wrong, solution)
            rows += [self._corrected(ask, wrong, solution, said)] if said else []
        if others:
            right = ask.rng.choice(others)
            said = await self._verification(ask, right, solution)
            rows += [self._confirmed(ask, right, said)] if said else []
        if len(rows) < (2 if self.both else 1):
            ask.skip("nothing_to_check")
            return []
        return rows

    def _corrected(self, ask: Ask, wrong: Attempt, solution: Attempt, said: Written) -> SFTExample:
        turns = [
            Segment("mistake", wrong.text),
            Segment("verdict", said.text),
            Segment("correction", solution.text),
        ]
        return self.talk(
            ask,
            wrong,
            self._messages(turns),
            found=ask.glance(wrong),
            variant="corrected",
            verified_by=f"answer:{solution.verdict.method}",
            parents=[solution.id],
            written=[said],
        )

    def _confirmed(self, ask: Ask, right: Attempt, said: Written) -> SFTExample:
        turns = [Segment("answer", right.text), Segment("verdict", said.text)]
        return self.talk(
            ask,
            right,
            self._messages(turns),
            variant="confirmed",
            verified_by=f"verdict:{right.verdict.method}",
            written=[said],
        )

    async def _verification(self, ask: Ask, attempt: Attempt, solution: Attempt) -> Written | None:
        lines = (self.right_line, self.wrong_line)
        return await verification(ask, attempt, self.texts, lines, helped_by=solution.text)

    def _messages(self, turns: list[Segment]) -> list[list[Segment]]:
        """Each in a message of its own, or all in one."""
        if not self.joined:
            return [[turn] for turn in turns]
        return [[*(Segment(t.kind, apart(t.text)) for t in turns[:-1]), turns[-1]]]
