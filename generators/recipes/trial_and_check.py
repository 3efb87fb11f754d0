"""S2R: as many trials as the problem is hard, each followed by a check, up to one that the check confirms.

"S²R: Teaching LLMs to Self-verify and Self-correct via Reinforcement Learning" (arXiv 2502.12853). Checks
are confirmative: they test the answer by other means (put it back, compute backwards, estimate) and do not
solve again. How many wrong trials come first follows from how many of five samples are wrong: none
for 0, one for 1, two for 2 or 3, three from 4 on, distinct in their answers, and fewer where there are no more
whose check has something to show.

    3 + 4 = 8. The answer is 8.                              mistake     masked
    Let me check. 3 + 4 is 7, not 8. … Let me try again.     verdict     learnt
    3 + 4 = 7. The answer is 7.                              correction  learnt
    Let me check. 7 - 4 = 3, … the answer is correct.        verdict     learnt

The paper masks by cutting a text into several rows of prompt and answer; here the spans mask. As there,
the words that open a check are learnt only after the right answer, and those that begin another trial
always (both are `trigger`).
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.distinct import by_answer
from generators.prompts.checks import OPENERS
from generators.prompts.trials import RETRY
from generators.recipes.base import Recipe, apart
from generators.verification import checkable, verification
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment

_SAMPLES = 5
"""Samples that the rule for the number of trials is written for."""


class TrialAndCheck(Recipe):
    """Wrong trials with their checks, then a right one that is confirmed."""

    paper: ClassVar[str] = "S2R, arXiv 2502.12853"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: wrong trials are masked."""
    most: int = Field(default=2, ge=1)
    """Most rows per problem, of different trials; a problem without a wrong sample gives one."""
    keep: tuple[float, float, float, float] = (0.24, 0.5, 0.5, 0.5)
    """Share of rows kept that have no, one, two and three wrong trials as the problem calls for."""
    keep_fewer: float = Field(default=1.0, ge=0, le=1)
    """Share kept of rows with fewer trials than called for, as there are not enough distinct wrong answers."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rights = [a for a in ask.rights() if checkable(ask, a, self.texts)]
        if not rights:
            ask.skip("no_right_solution_to_check" if ask.rights() else "no_right_solution")
            return []
        wrongs = by_answer([a for a in case.wrongs if checkable(ask, a, self.texts)])
        wanted = trials(len(case.wrongs), len(case.wrongs) + len(case.rights))
        count = min(wanted, len(wrongs))
        kept = self.keep_fewer if count < wanted else self.keep[count]
        rows: list[Example] = []
        used: set[tuple[str, ...]] = set()
        for _ in range(self.most if wrongs else 1):
            tried = [*ask.rng.sample(wrongs, count), ask.rng.choice(rights)]
            drawn = ask.rng.random() < kept
            if drawn and tuple(sorted(a.id for a in tried)) not in used:
                used.add(tuple(sorted(a.id for a in tried)))
                checks = [await verification(ask, a, self.texts, opened=False) for a in tried]
                said = [check for check in checks if check is not None]
                rows += [self._row(ask, tried, said)] if len(said) == len(tried) else []
        return rows

    def _row(self, ask: Ask, tried: list[Attempt], said: list[Written]) -> SFTExample:
        *wrongs, right = tried
        segments: list[Segment] = []
        for attempt, check in zip(wrongs, said, strict=False):
            segments += [
                Segment("mistake", apart(attempt.text)),
                Segment("trigger", f"{ask.rng.choice(OPENERS)} ", weight=0.0),
                Segment("verdict", check.text),
                Segment("trigger", apart(f" {ask.rng.choice(RETRY)}")),
            ]
        segments += [
            Segment("correction" if wrongs else "answer", apart(right.text)),
            Segment("trigger", f"{ask.rng.choice(OPENERS)} "),
            Segment("verdict", said[-1].text),
        ]
        return self.sft(
            ask,
            tried[0],
            segments,
            found=ask.glance(wrongs[0]) if wrongs else None,
            variant=f"{len(tried)}_trials" if wrongs else "1_trial",
            verified_by=f"answer:{right.verdict.method}",
            parents=[a.id for a in tried[1:]],
            written=said,
        )


def trials(wrong: int, decided: int) -> int:
    """Wrong trials that a problem calls for: by its share of wrong samples, counted out of five."""
    of_five = wrong * _SAMPLES / decided if decided else 0.0
    if of_five == 0:
        return 0
    return 1 if of_five < 2 else 2 if of_five < 4 else 3
