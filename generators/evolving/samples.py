"""What a policy's own samples are worth against each other, and what it makes of a wrong one when asked again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from filters.verify.equations import equations
from generators.hinted import sound
from generators.prompts import evolution as texts
from generators.solutions import Solution
from schemas.attempt import Attempt
from schemas.segment import Message

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


def request(ask: "Ask", pool: Sequence[str] = texts.REVIEW) -> Message:
    """A user's turn that asks for another look and does not say whether there is a mistake."""
    return Message("user", ask.rng.choice(pool))


async def revised(
    ask: "Ask", wrong: Attempt, asked: Sequence[Message], most: int, variant: str = "revision"
) -> list[Attempt]:
    """What the policy makes of a wrong attempt; nothing without a policy. Raises EngineError."""
    if not ask.has_policy or not most:
        return []
    return await ask.answers(most, variant, messages=asked, parents=[wrong.id])


def as_solution(ask: "Ask", answers: Sequence[Attempt]) -> Solution | None:
    """The first of the answers that is sound."""
    one = next((a for a in answers if sound(ask, a)), None)
    return Solution(one.text, one.steps, one.id, f"answer:{one.verdict.method}") if one else None
