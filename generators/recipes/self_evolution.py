"""Self-evolution: pairs and revisions that a policy makes of its own samples, in seven ways.

`ways` chooses among:

* SPHERE (arXiv 2503.04813): `chains`, the best right sample against the worst wrong one; `correction`, a wrong
  sample shown, its correction against what stays wrong; `diversity`, the same pairs from hotter samples that
  compute something new; `pruned`, a search that keeps only the best and the worst next step by value.
* SELF (arXiv 2310.00533): `refinement`, feedback on the own draft and a refinement that is better.
* AvR (arXiv 2506.06009): `chained`, drafts proven wrong in different ways, the best last, and a right end as one
  long thought.
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

from generators.ask import Ask
from generators.evolving import pairs, revisions
from generators.evolving.pruned import pruned
from generators.recipes.base import Recipe
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example

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
    with_right: float = Field(default=0.5, ge=0, le=1)
    """Share of aggregations that show a right attempt, where there is one: else none shown would ever be right."""
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
            made = await self._take(way, ask, wrongs)
            if not made:
                ask.skip(f"no_{way}")
            rows += made[: self.most]
        return rows

    async def _take(self, way: Way, ask: Ask, wrongs: list[Attempt]) -> list[Example]:
        match way:
            case "chains":
                return pairs.chains(self, ask, wrongs)
            case "correction":
                return await pairs.correction(self, ask, wrongs)
            case "diversity":
                return await pairs.diversity(self, ask, wrongs)
            case "pruned":
                return await pruned(self, ask)
            case "refinement":
                return await revisions.refinement(self, ask, wrongs)
            case "chained":
                return revisions.chained(self, ask, wrongs)
            case "aggregation":
                return await revisions.aggregation(self, ask, wrongs)
