"""Revisions: right second answers to an attempt, continued from a verdict on it, else taken from the samples."""

from dataclasses import replace
from typing import TYPE_CHECKING

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
        if not sampled.text.startswith(lead) or not _anew(text, attempt.text):
            continue
        steps = split_steps(text, ask.style)
        if sound(ask, replace(sampled, text=text, steps=steps, verdict=await ask.verify(text))):
            return sampled, text
    others = [a for a in ask.rights() if a.text.strip() != attempt.text.strip()]
    if not others:
        return None
    other = ask.rng.choice(others)
    return other, other.text


def _anew(text: str, first: str) -> bool:
    """Whether a revision is a solution of its own: not the first again, nor its answer alone."""
    return text.strip() != first.strip() and 2 * len(text.split()) >= len(first.split())
