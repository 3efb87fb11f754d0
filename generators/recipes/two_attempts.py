"""Two attempts: SCoRe's two-turn conversations, the data of its SFT baselines.

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
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import ClassVar, Literal

from pydantic import Field

from generators.ask import Ask
from generators.distinct import by_text
from generators.edit_ratio import bucket, edit_ratio
from generators.prompts.second_turns import LOOK_AGAIN
from generators.recipes.base import Recipe
from generators.second_answers import second_answers, spread
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Message, Segment

Mode = Literal["star", "star+", "pair_sft", "pair_sft+"]


class TwoAttempts(Recipe):
    """Attempt, request to look again, second attempt."""

    paper: ClassVar[str] = "SCoRe's two-attempt data, arXiv 2409.12917"
    makes = ("sft",)

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
        sampled = any(mode.startswith("star") for mode in self.modes)
        rollouts = await second_answers(ask, request, self.firsts, self.tries) if sampled else []
        independent = self._independent(ask)
        rows: list[Example] = []
        for mode in self.modes:
            pool = rollouts if mode.startswith("star") else independent
            fit = [(a, b) for a, b in pool if b.verdict.is_right and self._edited(a, b)]
            rows += self._corrections(ask, mode, request, fit)
        return rows

    def _independent(self, ask: Ask) -> list[tuple[Attempt, Attempt]]:
        """Every answer of the case with every other right one, in random order."""
        rights = ask.rights()
        pairs = [(a, b) for a, b in product([*by_text(ask.case.wrongs), *rights], rights) if a is not b]
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
