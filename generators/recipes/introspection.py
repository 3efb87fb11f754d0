"""RISE, recursive introspection: several turns after "that is wrong", each weighted by its reward.

"Recursive Introspection: Teaching Language Model Agents How to Self-Improve" (arXiv 2407.18219). The
policy answers; the user says only that the answer is wrong; an improved answer follows: the policy's best of
n (self-distilled) or a stronger model's (distilled), until one is right or the turns are used up. Every
kept turn gives a row of the conversation up to it. Only the row's last turn is learnt, with the weight
exp(reward / tau): 12.2 for a right answer, 1 for a wrong one, at tau .4.

    (user) What is 3 + 4?
    3 + 4 = 8. The answer is 8.             mistake     0
    (user) That is not correct. Please try again.
    3 + 4 = 7. The answer is 7.             correction  12.2

So wrong turns are learnt too, weakly (`keep`: `success` leaves them out). Answers without a verdict, reward
-1 in the paper, are left out here: nothing can be proven of them. Where neither policy nor teacher has a right
answer to the conversation, another of the policy's samples of the problem follows (`samples` in the variant).
The paper puts one solved conversation before every row and repeats the question; here neither is done.
"""

import math
from typing import ClassVar, Literal

from pydantic import Field

from generators.ask import Ask
from generators.distinct import by_answer
from generators.prompts.second_turns import IT_IS_WRONG
from generators.recipes.base import Recipe
from generators.second_answers import plausible, sound
from generators.teacher_answers import teacher_answers
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Message, Segment, SegmentKind

Turn = tuple[Attempt, str]
"""An answer and where it is from: `first`, `self`, `teacher`, `samples`."""


class Introspection(Recipe):
    """Answers in turns, each told to be wrong before the next; the last weighted by its reward."""

    paper: ClassVar[str] = "RISE (Recursive Introspection), arXiv 2407.18219"
    makes = ("sft",)
    learns_mistakes = True

    weights: dict[str, float] = {"mistake": 0.0, "prefix": 0.0}
    """Loss weight by segment kind: earlier turns bear none; that of the last turn is its reward's."""
    conversations: int = Field(default=1, ge=0)
    """Most conversations per problem that begin with a wrong answer, distinct in it; one in the paper."""
    rights: int = Field(default=1, ge=0)
    """Most right first answers per problem, each a conversation of one turn."""
    turns: int = Field(default=3, ge=2)
    """Most answers in a conversation."""
    best_of: int = Field(default=4, ge=1)
    """Answers sampled for an improvement, of which the best is taken (16 in the paper)."""
    improve: Literal["auto", "self", "teacher", "samples"] = "auto"
    """Who improves: the policy, a teacher, or other samples of the problem; `auto`: a teacher where there is one."""
    tau: float = Field(default=0.4, gt=0, allow_inf_nan=False)
    """Temperature of the weights."""
    normalise: bool = False
    """Divide the weights by that of a right answer, so that it weighs 1."""
    keep: Literal["all", "success", "better", "best"] = "all"
    """Turns that give rows: all; right ones; those better than the one before; those not worse than any before.
    The first turn is kept by all but `success`."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for first in (*by_answer(case.wrongs)[: self.conversations], *ask.rights()[: self.rights]):
            turns: list[Turn] = [(first, "first")]
            told: list[str] = []
            while not turns[-1][0].verdict.is_right and len(turns) < self.turns:
                told.append(ask.rng.choice(IT_IS_WRONG))
                better = await self._better(ask, turns, told)
                if better is None:
                    break
                turns.append(better)
            rows += [self._row(ask, turns[: n + 1], told) for n in range(len(turns)) if self._kept(turns, n)]
        return rows

    async def _better(self, ask: Ask, turns: list[Turn], told: list[str]) -> Turn | None:
        """The next answer: right where one of the best is, else wrong in a new way; None where there is none."""
        asked = (*ask.prompt, *_messages(turns, told))
        parents = [a.id for a, _ in turns]
        found: list[Turn] = []
        if self.improve in ("auto", "teacher"):
            found += [(a, "teacher") for a in await teacher_answers(ask, 1, "improvement", asked, parents)]
        if self.improve in ("auto", "self") and not any(sound(ask, a) for a, _ in found):
            sampled = await ask.answers(self.best_of, "improvement", messages=asked, parents=parents)
            found += [(a, "self") for a in sampled]
        if not any(sound(ask, a) for a, _ in found):
            pool = [*ask.rights(), *ask.case.wrongs]
            found += [(a, "samples") for a in ask.rng.sample(pool, min(self.best_of, len(pool)))]
        seen = {a.verdict.evidence for a, _ in turns}
        right = [turn for turn in found if sound(ask, turn[0])]
        wrong = [t for t in found if t[0].verdict.is_wrong and t[0].verdict.evidence not in seen]
        return next(iter([*right, *(t for t in wrong if plausible(ask, t[0].text))]), None)

    def _kept(self, turns: list[Turn], number: int) -> bool:
        rewards = [int(a.verdict.is_right) for a, _ in turns[: number + 1]]
        if self.keep == "success":
            return rewards[-1] == 1
        if number == 0 or self.keep == "all":
            return True
        return rewards[-1] > rewards[-2] if self.keep == "better" else rewards[-1] >= max(rewards[:-1])

    def _weight(self, right: bool) -> float:
        weight = math.exp(right / self.tau)
        return weight / math.exp(1 / self.tau) if self.normalise else weight

    def _row(self, ask: Ask, turns: list[Turn], told: list[str]) -> SFTExample:
        first, (last, source) = turns[0][0], turns[-1]
        right = last.verdict.is_right
        kind: SegmentKind = "mistake" if not right else "answer" if last is first else "correction"
        talk: list[Message | list[Segment]] = []
        for (earlier, _), said in zip(turns[:-1], told, strict=False):
            talk += [[Segment("mistake", earlier.text)], Message("user", said)]
        talk.append([Segment(kind, last.text, weight=self._weight(right))])
        by_teacher = [Written(a.text, "teacher", ask.teacher_id) for a, who in turns if who == "teacher"]
        return self.talk(
            ask,
            first,
            talk,
            found=None if first.verdict.is_right else ask.glance(first),
            variant=f"turn_{len(turns)}.{'right' if right else 'wrong'}.{source}",
            verified_by=f"{'answer' if right else 'wrong'}:{last.verdict.method}",
            parents=[a.id for a, _ in turns[1:]],
            written=by_teacher,
        )


def _messages(turns: list[Turn], told: list[str]) -> list[Message]:
    """The conversation behind the prompt, up to the last thing that the user said."""
    pairs = zip(turns, told, strict=True)
    return [m for (a, _), said in pairs for m in (Message("assistant", a.text), Message("user", said))]
