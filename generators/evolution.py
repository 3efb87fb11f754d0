"""What a policy's own samples are worth against each other, and a search that keeps the best and the worst step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filters.verify.equations import equations, states_falsehood
from generators.feedback import sure
from generators.locating.continuations import Value
from generators.prompts import evolution as texts
from generators.prompts.transitions import START_OVER
from generators.reflect import notice
from schemas.attempt import Attempt
from schemas.location import Location
from schemas.segment import Message, Segment

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


def long_thought(ask: "Ask", drafts: Sequence[Attempt]) -> list[Segment]:
    """Wrong drafts one after the other, each given up by a sentence that says no more than is known."""
    segments: list[Segment] = []
    for draft in drafts:
        found = ask.glance(draft)
        known = found if found and sure(found) else Location(0, "", proven=False)
        said = f"{notice(ask.rng, known)} {ask.rng.choice(START_OVER)}"
        segments.append(Segment("mistake", draft.text.rstrip() + "\n\n"))
        segments.append(Segment("reflection", said + "\n\n"))
    return segments


def with_attempts(ask: "Ask", shown: Sequence[Attempt]) -> tuple[Message, ...]:
    """The prompt with several attempts in a drawn order, and the request for one solution in view of them."""
    order = ask.rng.sample(list(shown), len(shown))
    attempts = "\n\n".join(
        texts.ATTEMPT.format(number=n, text=a.text.strip()) for n, a in enumerate(order, start=1)
    )
    request = ask.rng.choice(texts.AGGREGATE).format(attempts=attempts)
    last = ask.prompt[-1]
    return (*ask.prompt[:-1], Message(last.role, f"{last.content}\n\n{request}"))
