"""Self-evolution: pairs and revisions that a policy makes of its own samples, in seven ways.

`ways` chooses among:

* SPHERE (arXiv 2503.04813): `chains`, the best right sample against the worst wrong one; `correction`, a wrong
  sample shown, its correction against what stays wrong; `diversity`, the same pairs from hotter samples that
  compute something new; `pruned`, a search that keeps only the best and the worst next step by value.
* SELF (arXiv 2310.00533): `refinement`, feedback on the own draft and a refinement that is better.
* AvR (arXiv 2506.06009): `chained`, drafts of rising value and a right end as one long thought.
* GSA (arXiv 2503.04104): `aggregation`, several samples in the prompt, one right solution as the answer.

    `correction`   prompt    What is 3 + 4? | Step 1: 3 + 4 = 8 ... | Take a second look. ...
                   chosen    Step 1: 3 + 4 = 7 ...                         correction  learnt
                   rejected  Step 1: 3 + 4 = 9 ...                         mistake     learnt

    `chained`      Step 1: 3 + 4 = 8 ... The answer is 8.                  mistake     masked
                   Wait, 3 + 4 is 7, not 8. Let me start over.             reflection  learnt
                   Step 1: 3 + 4 = 7 ... The answer is 7.                  correction  learnt

Where a policy can be asked it makes the corrections itself, and where they fail or it cannot, other samples of the
problem serve. SPHERE's process reward model is not public: the judge and the share of equations that hold take
its place. GSA aggregates when answering; that its answers are learnt is ours.
"""

from typing import ClassVar, Literal

from pydantic import Field

from filters.verify.equations import equations, states_falsehood
from generators.ask import Ask
from generators.critique import critique
from generators.evolution import (
    best_and_worst,
    chain_value,
    long_thought,
    pruned_search,
    with_attempts,
)
from generators.feedback import sure
from generators.hinted import grounded, works_it_out
from generators.prompts import evolution as texts
from generators.recipes.base import Recipe, apart
from generators.solutions import Solution
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
from schemas.segment import Message, Segment

Way = Literal["chains", "correction", "diversity", "pruned", "refinement", "chained", "aggregation"]


class SelfEvolution(Recipe):
    """Pairs and revisions from own samples alone."""

    paper: ClassVar[str] = "SPHERE, arXiv 2503.04813; SELF, 2310.00533; AvR, 2506.06009; GSA, 2503.04104"
    makes = ("sft", "preference")

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind in SFT rows: drafts that are wrong are masked. Both sides of pairs are learnt."""
    ways: tuple[Way, ...] = ("chains", "correction", "refinement", "chained", "aggregation")
    """Ways to take; `diversity` and `pruned` need a policy and cost samples."""
    most: int = Field(default=1, ge=1)
    """Most rows per problem and way."""
    revisions: int = Field(default=2, ge=0)
    """Corrections sampled for each wrong attempt shown; 0 takes other samples at once."""
    shown: int = Field(default=3, ge=2)
    """Most attempts in the prompt of an aggregation."""
    hot: float = Field(default=1.3, ge=0, allow_inf_nan=False)
    """Temperature of `diversity`."""
    rounds: int = Field(default=2, ge=1, le=5)
    """Most wrong drafts of a chain."""
    children: int = Field(default=4, ge=2)
    """Samples per position of `pruned`, and continuations that value each next step."""
    depth: int = Field(default=4, ge=1)
    """Positions of `pruned`."""
    gap: float = Field(default=0.5, gt=0, le=1)
    """Least difference in value between the two steps of a pair of `pruned`."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        wrongs = list({a.text: a for a in case.wrongs}.values())
        rows: list[Example] = []
        for way in self.ways:
            made = await getattr(self, f"_{way}")(ask, wrongs)
            if not made:
                ask.skip(f"no_{way}")
            rows += made[: self.most]
        return rows

    async def _chains(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        pairs = best_and_worst([a for a in ask.rights() if grounded(ask, a)], wrongs)
        return [self._pair(ask, right, wrong, "chains") for right, wrong in pairs]

    async def _diversity(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        new = await ask.answers(self.children, "diverse", temperature=self.hot)
        known = {frozenset(e.left for e in equations(a.text)) for a in ask.rights()}
        rights = [a for a in new if _sound(ask, a)]
        fresh = [a for a in rights if frozenset(e.left for e in equations(a.text)) not in known]
        pairs = best_and_worst(fresh, [a for a in new if a.verdict.is_wrong] + wrongs)
        return [self._pair(ask, right, wrong, "diversity") for right, wrong in pairs]

    async def _correction(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        rows: list[Example] = []
        for wrong in sorted(wrongs, key=chain_value)[: self.most]:
            asked = (*ask.prompt, Message("assistant", wrong.text), _request(ask))
            revised = await self._revised(ask, wrong, asked)
            better = [a for a in (*revised, *ask.rights()) if _sound(ask, a)]
            worse = [a for a in revised if a.verdict.is_wrong and works_it_out(ask, a)] or [wrong]
            if better:
                row = self._pair(ask, better[0], worse[0], "correction", asked, parents=[wrong.id])
                rows.append(row)
        return rows

    async def _refinement(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        rows: list[Example] = []
        for wrong in wrongs:
            found = ask.glance(wrong)
            if len(rows) >= self.most or found is None or not sure(found) or not ask.solutions():
                continue
            request = _request(ask)
            revised = await self._revised(
                ask, wrong, (*ask.prompt, Message("assistant", wrong.text), request)
            )
            own = [
                Solution(a.text, a.steps, a.id, f"answer:{a.verdict.method}")
                for a in revised
                if _sound(ask, a)
            ]
            right = own[0] if own else ask.rng.choice(ask.solutions())
            said = await critique(ask, wrong, found, right, self.texts)
            turns: list[Message | list[Segment]] = [
                [Segment("mistake", wrong.text)],
                request,
                [Segment("critique", apart(said.text)), Segment("correction", right.text)],
            ]
            rows.append(
                self.talk(ask, wrong, turns, found=found, right=right, variant="refinement", written=[said])
            )
        return rows

    async def _chained(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        drafts: dict[str, Attempt] = {}
        for wrong in sorted(wrongs, key=chain_value):
            drafts.setdefault(wrong.verdict.evidence, wrong)
        chain = list(drafts.values())[-self.rounds :]
        if not chain or not ask.solutions():
            return []
        right = ask.rng.choice(ask.solutions(with_reference=False) or ask.solutions())
        return [
            self.sft(
                ask,
                chain[0],
                [*long_thought(ask, chain), Segment("correction", right.text)],
                found=ask.glance(chain[0]),
                right=right,
                variant=f"chained.{len(chain)}",
                parents=[draft.id for draft in chain],
                written=[Written("")],
            )
        ]

    async def _aggregation(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        """One target for several attempts, among them a wrong one; the target is not one of those shown."""
        rights = ask.rights()
        targets = [s for s in ask.solutions() if s.parent not in {a.id for a in rights[1:]}]
        if not wrongs or not targets:
            return []
        pool = [*wrongs, *rights[1:]]
        first = ask.rng.choice(wrongs)
        others = ask.rng.sample(pool, min(len(pool), self.shown))
        shown = list({a.text: a for a in [first, *others]}.values())[: self.shown]
        if len(shown) < 2:
            return []
        asked = with_attempts(ask, shown)
        own = [a for a in await self._revised(ask, first, asked, "aggregation") if _sound(ask, a)]
        made = [Solution(a.text, a.steps, a.id, f"answer:{a.verdict.method}") for a in own]
        right = made[0] if made else targets[0]
        segments = [Segment("answer", right.text)]
        parents = [a.id for a in shown]
        return [
            self.sft(
                ask,
                first,
                segments,
                prompt=asked,
                right=right,
                error_kind="none",
                variant="aggregation",
                parents=parents,
            )
        ]

    async def _pruned(self, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        del wrongs
        rows: list[Example] = []
        for fork in await pruned_search(ask, self.children, self.children, self.depth, self.gap):
            chosen, rejected = fork.sides()
            rows.append(
                self.pair(
                    ask,
                    fork.worst,
                    chosen,
                    rejected,
                    shared_prefix=len(fork.prefix),
                    parents=[fork.best.id],
                    error_kind="unknown",
                    verified_by=fork.proof,
                    variant="pruned",
                )
            )
        return rows

    async def _revised(
        self, ask: Ask, wrong: Attempt, asked: tuple[Message, ...], variant: str = "revision"
    ) -> list[Attempt]:
        """What the policy makes of a wrong attempt; nothing without a policy."""
        if not ask.has_policy or not self.revisions:
            return []
        return await ask.answers(self.revisions, variant, messages=asked, parents=[wrong.id])

    def _pair(
        self,
        ask: Ask,
        right: Attempt,
        wrong: Attempt,
        variant: str,
        prompt: tuple[Message, ...] = (),
        parents: list[str] | None = None,
    ) -> Example:
        return self.pair(
            ask,
            wrong,
            [Segment("correction" if prompt else "answer", right.text, 1.0)],
            [Segment("mistake", wrong.text, 1.0)],
            prompt=prompt,
            found=ask.glance(wrong),
            verified_by=f"answer:{right.verdict.method}",
            parents=[right.id, *(parents or [])],
            variant=variant,
        )


def _request(ask: Ask) -> Message:
    return Message("user", ask.rng.choice(texts.REVIEW))


def _sound(ask: Ask, attempt: Attempt) -> bool:
    """Right, and not by luck: worked out, nothing false in it, no number from nowhere."""
    return (
        attempt.verdict.is_right
        and not states_falsehood(attempt.text)
        and works_it_out(ask, attempt)
        and grounded(ask, attempt)
    )
