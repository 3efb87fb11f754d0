"""Revisions: right second answers to an attempt, continued from a verdict on it, else taken from the samples."""

from dataclasses import replace
from typing import TYPE_CHECKING

from filters.verify.equations import equations
from generators.second_answers import sound
from generators.steps import split_steps
from schemas.attempt import Attempt

if TYPE_CHECKING:
    from generators.ask import Ask


async def right_revision(ask: "Ask", attempt: Attempt, lead: str, tries: int) -> tuple[Attempt, str] | None:
    """A right second answer that is not the first one again, and its text without `lead`; None where there is none.

    `lead` is the attempt with the verdict on it, which the policy continues `tries` times. Raises EngineError.
    """
    for sampled in await ask.answers(tries, "revision", prefix=lead, parents=[attempt.id]):
        text = sampled.text[len(lead) :]
        if not sampled.text.startswith(lead) or not _anew(text, attempt):
            continue
        steps = split_steps(text, ask.style)
        if sound(ask, replace(sampled, text=text, steps=steps, verdict=await ask.verify(text))):
            return sampled, text
    others = [a for a in ask.rights() if _another(a.text, attempt)]
    if not others:
        return None
    other = ask.rng.choice(others)
    return other, other.text


def _anew(text: str, first: Attempt) -> bool:
    """Whether a revision is a solution of its own: not the first again, nor its answer alone."""
    return _another(text, first) and 2 * len(text.split()) >= len(first.text.split())


def _another(text: str, first: Attempt) -> bool:
    """Whether a text differs from the first; from a right one in what it computes too: the same in other words is
    more often a copying mistake ("11 tins of 11 stamps") than another way."""
    computed = [e.left for e in equations(text)]
    same = first.verdict.is_right and computed and computed == [e.left for e in equations(first.text)]
    return text.strip() != first.text.strip() and not same
