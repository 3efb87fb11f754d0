"""Rounds: more problems, then more samples, while a target is short.

A round's chunks are worked on as any others, and what earlier rounds bought is in the journal: twice the
samples cost the second half.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.chunk_input import ChunkInput
from pipelines.chunk_result import ChunkResult
from pipelines.kit import Kit
from pipelines.plan import Plan
from pipelines.selection import Selection, select

Work = Callable[[Sequence[ChunkInput]], Awaitable[list[ChunkResult]]]


@dataclass(frozen=True)
class Worked:
    """The chunks that make the dataset, their results, and which of their rows stay."""

    inputs: Sequence[ChunkInput]
    results: list[ChunkResult]
    selection: Selection
    rounds: int = 0
    """Rounds beyond the first."""
    tried: Sequence[ChunkInput] = ()
    """The chunks of every round: the next build of the same begins with those of the first."""


async def in_rounds(plan: Plan, kit: Kit, work: Work) -> Worked:
    """Work on the plan's first chunks, and on more while cells are short and anything more can be had."""
    wanted, caps = kit.config.targets, kit.config.caps
    inputs: Sequence[ChunkInput] = plan.chunks[: plan.first or None]
    samples = kit.config.policy.samples if kit.config.policy else 0
    tried: list[ChunkInput] = []
    for number in range(wanted.rounds + 1):
        tried += inputs
        results = await work(inputs)
        chosen = select([Path(result.folder) for result in results], wanted, caps)
        onward = _more(inputs, plan.chunks, samples)
        if not chosen.short or onward is None or number == wanted.rounds or kit.budget.stopped:
            break
        inputs = onward
    return Worked(inputs, results, chosen, number, tried)


def furthest(plan: Plan, rounds: int, samples: int) -> tuple[int, int]:
    """How many problems and how many samples of each the last of so many further rounds would have."""
    inputs: Sequence[ChunkInput] = plan.chunks[: plan.first or None]
    for _ in range(rounds):
        inputs = _more(inputs, plan.chunks, samples) or inputs
    return sum(chunk.problems for chunk in inputs), inputs[0].samples or samples


def _more(
    inputs: Sequence[ChunkInput], planned: Sequence[ChunkInput], samples: int
) -> Sequence[ChunkInput] | None:
    """Twice the problems while the plan has more, else twice the samples; None without a policy."""
    if len(inputs) < len(planned):
        return planned[: 2 * len(inputs)]
    if not samples:
        return None
    twice = 2 * (inputs[0].samples or samples)
    return [replace(chunk, samples=twice) for chunk in planned]
