"""What a policy's own samples are worth against each other, and a search that keeps the best and the worst step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filters.verify.equations import equations, states_falsehood
from generators.locating.continuations import Value
from schemas.attempt import Attempt

if TYPE_CHECKING:
    from generators.ask import Ask


def chain_value(attempt: Attempt) -> float:
    """From 0 to 2: 1 for a right answer, and the share of its equations that hold (½ where it states none).

    Stands in for the process reward of SPHERE (arXiv 2503.04813), whose model is not public.
    """
    stated = equations(attempt.text)
    holding = sum(e.holds is not False for e in stated) / len(stated) if stated else 0.5
    return float(attempt.verdict.is_right) + holding


def best_and_worst(rights: Sequence[Attempt], wrongs: Sequence[Attempt]) -> list[tuple[Attempt, Attempt]]:
    """Right attempts from the highest value down, each with a wrong one from the lowest value up."""
    best = sorted(rights, key=lambda a: (-chain_value(a), len(a.text), a.id))
    worst = sorted(wrongs, key=lambda a: (chain_value(a), len(a.text), a.id))
    return list(zip(best, worst, strict=False))


@dataclass(frozen=True)
class Fork:
    """Two next steps after the same text, with how often the right answer was reached from after each."""

    prefix: str
    best: Attempt
    best_step: str
    best_value: Value
    worst: Attempt
    worst_step: str


async def pruned_search(ask: "Ask", children: int, rollouts: int, depth: int, gap: float) -> list[Fork]:
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
