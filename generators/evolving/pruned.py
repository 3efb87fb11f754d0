"""SPHERE's pruned search (arXiv 2503.04813): pairs of the best and the worst next step by value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from filters.verify.equations import states_falsehood
from generators.ask import Ask
from generators.locating.continuations import Value
from schemas.attempt import Attempt
from schemas.example import Example
from schemas.segment import Segment

if TYPE_CHECKING:
    from generators.recipes.self_evolution import SelfEvolution


async def pruned(recipe: "SelfEvolution", ask: Ask) -> list[Example]:
    """A pair for each fork of the search."""
    rows: list[Example] = []
    for fork in await pruned_search(ask, recipe.children, recipe.children, recipe.depth, recipe.gap):
        chosen, rejected = fork.sides()
        row = recipe.pair(
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
        rows.append(row)
    return rows


@dataclass(frozen=True)
class Fork:
    """Two next steps after the same text, with how often the right answer was reached from after each."""

    prefix: str
    best: Attempt
    best_step: str
    best_value: Value
    worst: Attempt
    worst_step: str

    @property
    def proof(self) -> str:
        """`verified_by` of the best step: how many continuations reached the right answer."""
        value = self.best_value
        return f"continued:{round((value.share or 0) * value.samples)}/{value.samples}"

    def sides(self) -> tuple[list[Segment], list[Segment]]:
        """Chosen and rejected, the shared text masked."""
        shared = Segment("prefix", self.prefix, 0.0)
        chosen = Segment("correction", self.best_step.rstrip(), 1.0)
        return [shared, chosen], [shared, Segment("mistake", self.worst_step.rstrip(), 1.0)]


async def pruned_search(ask: Ask, children: int, rollouts: int, depth: int, gap: float) -> list[Fork]:
    """Forks along one path: at each depth the extreme children are kept and the search goes on from the best.

    `children` samples per position give as many first steps, `rollouts` continuations the value of each; a fork
    is kept where the values differ by `gap` at least. Raises EngineError.
    """
    forks: list[Fork] = []
    prefix = ""
    for _ in range(depth):
        steps: dict[str, Attempt] = {}
        for sample in await ask.answers(children, "pruned", prefix=prefix):
            end = next((s.end for s in sample.steps if s.end > len(prefix)), 0)
            if end and end < len(sample.text):
                steps.setdefault(sample.text[len(prefix) : end], sample)
        if not steps:
            break
        valued = [(step, a, await ask.value(prefix + step, rollouts)) for step, a in steps.items()]
        known = [(step, a, v) for step, a, v in valued if v.share is not None]
        if not known:
            break
        best = max(known, key=lambda one: (not states_falsehood(one[0]), one[2].share or 0.0))
        worst = min(known, key=lambda one: one[2].share or 0.0)
        sound = not states_falsehood(best[0])
        if sound and (best[2].share or 0.0) - (worst[2].share or 0.0) >= gap:
            forks.append(Fork(prefix, best[1], best[0], best[2], worst[1], worst[0]))
        if states_falsehood(best[0]):
            break
        prefix += best[0]
    return forks
