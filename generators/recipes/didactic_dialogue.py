"""Didactic dialogue: a student attempts, a teacher comments without telling, until the answer is right.

"Improving Interactive In-Context Learning from Natural Language Feedback" (RL2F, arXiv 2602.16066): the teacher
sees the answer and must not reveal it; the student's turns are learnt; and the model is also trained to predict
the feedback, so that it can correct itself without a teacher (so does RLTF-FM, arXiv 2602.02482).

    user       What is 3 + 4 + 2?
    assistant  Step 1: 3 + 4 = 8 ... The answer is 10.                 mistake     masked
    user       Not quite. The mistake begins in the first step.
    assistant  Step 1: 3 + 4 = 7 ... The answer is 9.                  correction  learnt

    user       What is 3 + 4 + 2?                                      (`predicted`)
    assistant  Step 1: 3 + 4 = 8 ... The answer is 10.                 mistake     masked
    user       Mark this.
    assistant  Not quite. The mistake begins in the first step.        critique    learnt

The paper trains the student by reinforcement; here the turn that ends right is learnt and the others are masked.
The student is the policy; where it does not get there within the turns, or cannot be asked, its other samples of
the problem take its place: a different wrong answer, then a right one. The teacher is a model that is
checked for telling, else a program that names step and kind and knows no number. How often the student
repeats its wrong answer after feedback (its friction) is in the funnel: `repeated_its_answer` of `turns_asked`.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.feedback import feedback, sure
from generators.hinted import sound
from generators.prompts.feedback import ASK_FEEDBACK, NO_MISTAKE
from generators.recipes.base import Recipe
from generators.second_answers import plausible
from generators.solutions import Solution
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
from schemas.location import Location
from schemas.segment import Message, Segment

Said = tuple[Attempt, Location | None, Written]
"""A wrong answer, where it goes wrong, and the feedback on it."""


class DidacticDialogue(Recipe):
    """Attempt, feedback, attempt, …; and the feedback as an answer of its own."""

    paper: ClassVar[str] = "RL2F, arXiv 2602.16066; RLTF-FM, arXiv 2602.02482"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: wrong turns are masked."""
    dialogues: int = Field(default=2, ge=1)
    """Most dialogues per problem, begun by different wrong answers."""
    turns: int = Field(default=3, ge=2, le=8)
    """Most answers of the student in a dialogue."""
    other_samples: bool = True
    """Let the student's other samples of the problem go on where it cannot be asked or does not get there."""
    predict: int = Field(default=2, ge=0)
    """Most rows per problem whose answer is the feedback; only on mistakes whose place is proven or nearly sure."""
    rights: int = Field(default=1, ge=0)
    """Most right answers per problem whose feedback is that nothing is wrong."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        wrongs = list({a.verdict.evidence: a for a in reversed(case.wrongs)}.values())[::-1]
        said: list[Said] = []
        rows: list[Example] = []
        for wrong in wrongs[: self.dialogues]:
            rows += await self._dialogue(ask, wrong, wrongs, said)
        located = [(a, found, text) for a, found, text in said if found is not None and sure(found)]
        rows += [self._predicted(ask, *one) for one in located[: self.predict]]
        return rows + [self._praised(ask, right) for right in ask.rights()[: self.rights]]

    async def _dialogue(
        self, ask: Ask, wrong: Attempt, wrongs: list[Attempt], said: list[Said]
    ) -> list[Example]:
        """The policy's own turns where they lead to a right answer, else one made of its other samples."""
        taken = [one] if (one := await self._comment(ask, wrong)) else []
        end = await self._asked(ask, taken) if taken and ask.has_policy else None
        if end is None and taken and self.other_samples and ask.solutions():
            others = [w for w in wrongs if w.verdict.evidence != wrong.verdict.evidence]
            between = ask.rng.sample(others, min(len(others), ask.rng.randint(0, self.turns - 2)))
            taken = taken[:1] + [one for w in between if (one := await self._comment(ask, w))]
            end = ask.rng.choice(ask.solutions(with_reference=False) or ask.solutions())
        said += taken
        if end is None:
            ask.skip("no_right_end")
            return []
        turns: list[Message | list[Segment]] = []
        for attempt, _, text in taken:
            turns += [[Segment("mistake", attempt.text)], Message("user", text.text)]
        turns.append([Segment("correction", end.text)])
        first = taken[0]
        row = self.talk(
            ask,
            first[0],
            turns,
            found=first[1],
            right=end,
            variant=f"dialogue.{len(taken) + 1}",
            parents=[a.id for a, _, _ in taken],
            written=[text for _, _, text in taken],
        )
        return [row]

    async def _comment(self, ask: Ask, wrong: Attempt) -> Said | None:
        found = await ask.locate(wrong) if wrong in ask.case.attempts else ask.glance(wrong)
        text = await feedback(ask, wrong, found, self.texts)
        if text is None:
            ask.skip("feedback_reveals")
            return None
        return wrong, found, text

    async def _asked(self, ask: Ask, taken: list[Said]) -> Solution | None:
        """The right answer that the policy gives after feedback; its wrong ones join `taken`."""
        talk: list[Message] = [*ask.prompt]
        while len(taken) < self.turns:
            before, _, text = taken[-1]
            talk += [Message("assistant", before.text), Message("user", text.text)]
            got = await ask.answers(1, f"turn.{len(taken) + 1}", messages=talk, parents=[before.id])
            ask.count("turns_asked")
            if not got or not (got[0].verdict.is_right or got[0].verdict.is_wrong):
                return None
            attempt = got[0]
            if attempt.verdict.is_right:
                if not sound(ask, attempt):
                    return None
                return Solution(attempt.text, attempt.steps, attempt.id, f"answer:{attempt.verdict.method}")
            if attempt.verdict.evidence == before.verdict.evidence:
                ask.count("repeated_its_answer")
            if len(taken) + 1 == self.turns or not plausible(ask, attempt.text):
                return None
            if (one := await self._comment(ask, attempt)) is None:
                return None
            taken.append(one)
        return None

    def _predicted(self, ask: Ask, wrong: Attempt, found: Location, text: Written) -> Example:
        turns: list[Message | list[Segment]] = [
            [Segment("mistake", wrong.text)],
            Message("user", ask.rng.choice(ASK_FEEDBACK)),
            [Segment("critique", text.text)],
        ]
        proof = f"feedback:{found.method}"
        return self.talk(
            ask, wrong, turns, found=found, variant="predicted", verified_by=proof, written=[text]
        )

    def _praised(self, ask: Ask, right: Attempt) -> Example:
        text = Written(ask.rng.choice(NO_MISTAKE))
        turns: list[Message | list[Segment]] = [
            [Segment("answer", right.text, 0.0)],
            Message("user", ask.rng.choice(ASK_FEEDBACK)),
            [Segment("verdict", text.text)],
        ]
        proof = f"verdict:{right.verdict.method}"
        return self.talk(ask, right, turns, variant="no_mistake", verified_by=proof, written=[text])
