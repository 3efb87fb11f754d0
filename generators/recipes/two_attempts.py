"""Two attempts: SCoRe's two-turn conversations and its SFT baselines, and SCL's flips as pairs.

"Training Language Models to Self-Correct via Reinforcement Learning" (SCoRe, arXiv 2409.12917): attempt,
a constant request to look again that tells nothing of whether it is right, second attempt. The data sets
of its baselines, all of the policy's own answers:

* `star`: second answers that the policy really gave, right ones after wrong ones;
* `star+`: the same, and right ones after right ones;
* `pair_sft` (Welleck et al.): any wrong answer with any right one of the same problem;
* `pair_sft+`: the same, and pairs of two right ones.

    There are 3 + 4 = 8 apples. The answer is 8.       mistake     masked
    (user) There may be a mistake above. …
    3 + 4 = 7. The answer is 7.                        correction  learnt

Loss is on the second answer alone; a right first one can be learnt too (`learn_first`). The filters
"improving" and "non-decreasing" of STaSC (arXiv 2503.08681) are `star` and `star+`; its evolving first
answers are a build with the new policy. Pairs that differ little teach to repeat the first answer: the
edit ratio stands in the variant, by tenths, and can be bounded.

Self-Correction Learning (SCL, arXiv 2410.04055) keeps second answers that flipped, either way, as pairs on
the bare question. Where there is no policy to ask, the flips of `flips` are of independent answers. Our
own: a second answer that speaks of the first one is not used for them.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import ClassVar, Literal

from pydantic import Field

from generators.ask import Ask
from generators.edit_ratio import bucket, edit_ratio
from generators.prompts.second_turns import LOOK_AGAIN
from generators.recipes.base import Recipe
from generators.second_answers import plausible, sound, stands_alone
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample
from schemas.segment import Message, Segment

Mode = Literal["star", "star+", "pair_sft", "pair_sft+"]


class TwoAttempts(Recipe):
    """Attempt, request to look again, second attempt; and flips as preference pairs."""

    paper: ClassVar[str] = "SCoRe's two-attempt data, arXiv 2409.12917; flips: SCL, arXiv 2410.04055"
    makes = ("sft", "preference")

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the mistake is masked."""
    modes: tuple[Mode, ...] = ("star+", "pair_sft+")
    """Which of the data sets; `star` ones need a policy to ask."""
    most: int = Field(default=2, ge=0)
    """Most corrections of wrong answers per problem and mode."""
    right_to_right: int = Field(default=1, ge=0)
    """Most right answers after right ones per problem and mode of those with a plus."""
    firsts: int = Field(default=4, ge=1)
    """First answers per problem that the policy is asked to look at again."""
    tries: int = Field(default=2, ge=1)
    """Second answers sampled for each."""
    flips: int = Field(default=2, ge=0)
    """Most preference pairs of first and second answer per problem; 0 makes none."""
    request: str = ""
    """The request between the attempts; empty: one of a bank of phrasings. It must not tell the outcome."""
    min_edit: float = Field(default=0.0, ge=0, le=1)
    """Least edit ratio of the two answers: from a little above 0 mere repetitions are left out."""
    max_edit: float = Field(default=1.0, ge=0, le=1)
    """Greatest edit ratio of the two answers."""
    learn_first: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Loss weight of a first answer that is right."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        request = self.request or ask.rng.choice(LOOK_AGAIN)
        rows: list[Example] = []
        asked = self.flips or any(mode.startswith("star") for mode in self.modes)
        rollouts = await self._rollouts(ask, request) if asked else []
        independent = self._independent(ask)
        for mode in self.modes:
            pool = rollouts if mode.startswith("star") else independent
            fit = [(a, b) for a, b in pool if b.verdict.is_right and self._edited(a, b)]
            rows += self._corrections(ask, mode, request, fit)
        return rows + list(self._flips(ask, rollouts if ask.has_policy else independent))

    async def _rollouts(self, ask: Ask, request: str) -> list[tuple[Attempt, Attempt]]:
        """First answers with second answers that the policy gave after the request."""
        firsts = [a for pair in zip(ask.case.wrongs, ask.rights(), strict=False) for a in pair]
        firsts += [a for a in (*ask.case.wrongs, *ask.rights()) if a not in firsts]
        pairs = []
        for first in firsts[: self.firsts] if ask.has_policy else ():
            asked = (*ask.prompt, Message("assistant", first.text), Message("user", request))
            seconds = await ask.answers(self.tries, "second", messages=asked, parents=[first.id])
            pairs += [
                (first, b)
                for b in seconds
                if sound(ask, b) or (b.verdict.is_wrong and plausible(ask, b.text))
            ]
        return pairs

    def _independent(self, ask: Ask) -> list[tuple[Attempt, Attempt]]:
        """Every answer of the case with every other right one, in random order."""
        rights = ask.rights()
        wrongs = list({a.text: a for a in ask.case.wrongs}.values())
        pairs = [(a, b) for a, b in product([*wrongs, *rights], rights) if a is not b]
        return ask.rng.sample(pairs, len(pairs))

    def _edited(self, first: Attempt, second: Attempt) -> bool:
        return self.min_edit <= edit_ratio(first.text, second.text) <= self.max_edit

    def _corrections(
        self, ask: Ask, mode: Mode, request: str, pairs: Sequence[tuple[Attempt, Attempt]]
    ) -> Iterator[SFTExample]:
        most = {False: self.most, True: self.right_to_right if mode.endswith("+") else 0}
        for right in (False, True):
            chosen = [(a, b) for a, b in pairs if a.verdict.is_right == right]
            for first, second in spread(chosen)[: most[right]]:
                yield self._row(ask, mode, request, first, second)

    def _row(self, ask: Ask, mode: Mode, request: str, first: Attempt, second: Attempt) -> SFTExample:
        right = first.verdict.is_right
        opening = Segment("answer", first.text, self.learn_first) if right else Segment("mistake", first.text)
        return self.talk(
            ask,
            first,
            [
                [opening],
                Message("user", request),
                [Segment("answer" if right else "correction", second.text)],
            ],
            found=None if right else ask.glance(first),
            variant=".".join(
                [mode, "kept" if right else "corrected", bucket(edit_ratio(first.text, second.text))]
            ),
            verified_by=f"answer:{second.verdict.method}",
            parents=[second.id],
        )

    def _flips(self, ask: Ask, pairs: Sequence[tuple[Attempt, Attempt]]) -> Iterator[PreferenceExample]:
        """Answers of which one is right and the other wrong, on the bare question."""
        flipped = [
            (a, b) for a, b in pairs if a.verdict.is_right != b.verdict.is_right and stands_alone(b.text)
        ]
        for first, second in spread(flipped)[: self.flips]:
            right, wrong = (first, second) if first.verdict.is_right else (second, first)
            yield self.pair(
                ask,
                wrong,
                [Segment("answer", right.text)],
                [Segment("mistake", wrong.text, weight=1.0)],
                found=ask.glance(wrong),
                variant="flip.to_right" if right is second else "flip.to_wrong",
                verified_by=f"answer:{right.verdict.method}",
                parents=[right.id],
            )


def spread(pairs: Sequence[tuple[Attempt, Attempt]]) -> list[tuple[Attempt, Attempt]]:
    """The pairs with those first whose first answer has not been used before; the order kept otherwise."""
    turns: dict[str, int] = {}
    ranked = []
    for pair in pairs:
        turn = turns.setdefault(pair[0].id, 0)
        turns[pair[0].id] += 1
        ranked.append((turn, pair))
    return [pair for _, pair in sorted(ranked, key=lambda item: item[0])]
