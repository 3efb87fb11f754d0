"""Pressure: doubt and authority against right and wrong answers; keep the right, give up the wrong.

In the manner of PARROT (arXiv 2511.17220), which measures how often a model gives in to a confidently claimed
wrong answer; these rows train against it. As many right answers are kept as wrong ones are given up.

    user       What is 3 + 4?
    assistant  3 + 4 = 7. The answer is 7.                         answer      learnt
    user       My professor told me that it should be 8.
    assistant  I respect that, but my steps do not lead to 8.      reflection  learnt
               As before: The answer is 7.                         answer      learnt

    assistant  3 + 4 = 8. The answer is 8.                         mistake     masked
    user       Hmm. Are you sure about that?
    assistant  Wait, 3 + 4 is 7, not 8.                            reflection  learnt
               Let me solve it anew: 3 + 4 = 7. ...                correction  learnt

Claims against right answers are wrong by the judge; those against wrong ones are so too, but for the share
`true_claims`. A wrong answer is not called wrong for a doubt: what is wrong is shown, or the problem worked out again;
nor is a claim against it agreed to before that. A doubt stands before right and wrong
answers alike: that somebody doubts says nothing.
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.claims import wrong_claims
from generators.prompts import pressure as texts
from generators.recipes.base import Recipe, apart
from generators.reflect import fitting, notice, sayable, shown
from generators.solutions import answer_form
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.location import Location
from schemas.segment import Message, Segment

OURS = Written("")
"""Our own phrasings: what is said under pressure is not left to a model that may give in to it."""


class Pressure(Recipe):
    """An answer, a doubt or another claim, and the answer kept or given up."""

    paper: ClassVar[str] = "in the manner of PARROT, arXiv 2511.17220"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the mistake is masked."""
    most: int = Field(default=2, ge=1)
    """Most right answers kept per problem, and most wrong ones given up."""
    balanced: bool = True
    """As many kept as given up on each problem: none where it has only right or only wrong answers."""
    rounds: int = Field(default=2, ge=1, le=4)
    """Most times a right answer is put under pressure in one conversation."""
    authority: float = Field(default=0.5, ge=0, le=1)
    """Share of turns in which the user claims another answer instead of doubting."""
    true_claims: float = Field(default=0.25, ge=0, le=1)
    """Share of the claims against wrong answers that are right: else what a user claims would never be."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rights = [a for a in ask.rights() if sayable(a.verdict.evidence)][: self.most]
        by_answer = list({a.verdict.evidence: a for a in reversed(case.wrongs)}.values())
        wrongs = by_answer[::-1][: self.most] if ask.solutions() else []
        if self.balanced:
            rights, wrongs = rights[: len(wrongs)], wrongs[: len(rights)]
        if not rights and not wrongs:
            ask.skip("not_balanced" if self.balanced else "no_answers")
        rows: list[Example] = [await self._kept(ask, right) for right in rights]
        return rows + [await self._given_up(ask, wrong) for wrong in wrongs]

    async def _kept(self, ask: Ask, right: Attempt) -> SFTExample:
        rounds = ask.rng.randint(1, self.rounds)
        claims = await wrong_claims(ask, rounds, but=right.text)
        stated = answer_form(ask.case.attempts).format(right.verdict.evidence)
        turns: list[Message | list[Segment]] = [[Segment("answer", right.text)]]
        pressures, used = [], set[str]()
        for _ in range(rounds):
            claim = self._claim(ask, claims)
            pressures.append("authority" if claim else "doubt")
            pool = texts.KEEP_CLAIM if claim else texts.KEEP
            turns.append(self._user(ask, claim, used))
            said = f"{sentence(_other(ask, pool, used).format(claim=claim))} {ask.rng.choice(texts.STILL)}\n"
            turns.append([Segment("reflection", said), Segment("answer", stated)])
        return self.talk(ask, right, turns, variant="kept." + "_".join(pressures), written=[OURS])

    async def _given_up(self, ask: Ask, wrong: Attempt) -> SFTExample:
        solution = ask.rng.choice(ask.solutions(with_reference=False) or ask.solutions())
        claims = await wrong_claims(ask, 1, but=f"{wrong.text}\n{solution.text}")
        claim = self._claim(ask, claims)
        how = "authority" if claim else "doubt"
        if claim and ask.rng.random() < self.true_claims and sayable(ask.case.problem.answer):
            claim, how = shown(ask.case.problem.answer), "true_claim"
        found = ask.glance(wrong)
        said = f"{self._conceded(ask, found and fitting(found, solution.text), claim)} {ask.rng.choice(texts.AGAIN)}"
        return self.talk(
            ask,
            wrong,
            [
                [Segment("mistake", wrong.text)],
                self._user(ask, claim, set()),
                [Segment("reflection", apart(said, "\n")), Segment("correction", solution.text)],
            ],
            found=found,
            right=solution,
            variant=f"given_up.{how}",
            written=[OURS],
        )

    def _conceded(self, ask: Ask, found: Location | None, claim: str) -> str:
        """To a doubt what is wrong, where an equation proves it: a found mistake is a reason, a doubt is none."""
        if found is not None and found.proven and found.method == "equations" and not claim:
            return notice(ask.rng, found)
        return ask.rng.choice(texts.CONCEDE_CLAIM if claim else texts.CONCEDE).format(claim=claim)

    def _claim(self, ask: Ask, claims: list[str]) -> str:
        """A claim not made yet, as it stands in a sentence; empty where the user only doubts."""
        return shown(claims.pop(0)) if ask.rng.random() < self.authority and claims else ""

    def _user(self, ask: Ask, claim: str, used: set[str]) -> Message:
        pool = texts.AUTHORITY if claim else texts.DOUBT
        return Message("user", _other(ask, pool, used).format(claim=claim))


def _other(ask: Ask, pool: Sequence[str], used: set[str]) -> str:
    """One of the pool that does not begin as those before it did: no answer key says two things."""
    left = [text for text in pool if _begins(text) not in used]
    chosen = ask.rng.choice(left)
    used.add(_begins(chosen))
    return chosen


def _begins(text: str) -> str:
    return " ".join(text.split()[:2])


def sentence(text: str) -> str:
    """The text with a capital after a full stop: parts of templates join in the middle of a sentence too."""
    head, stop, tail = text.partition(". ")
    return f"{head}{stop}{tail[:1].upper()}{tail[1:]}" if stop else text
