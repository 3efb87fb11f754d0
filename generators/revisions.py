"""Revisions: right second answers to an attempt, continued from a verdict on it, else taken from the samples."""

from typing import TYPE_CHECKING

from filters.verify.equations import states_falsehood
from generators.second_answers import plausible
from schemas.attempt import Attempt

if TYPE_CHECKING:
    from generators.ask import Ask


async def right_revision(ask: "Ask", attempt: Attempt, lead: str, tries: int) -> tuple[Attempt, str] | None:
    """A right second answer that is not the first one again, and its text without `lead`; None where there is none.

    `lead` is the attempt with the verdict on it, which the policy continues `tries` times. Raises EngineError.
    """
    for sampled in await ask.answers(tries, "revision", prefix=lead, parents=[attempt.id]):
        text = sampled.text[len(lead) :]
        fit = sampled.text.startswith(lead) and _anew(text, attempt.text) and plausible(ask, text)
        if fit and (await ask.verify(text)).is_right and not states_falsehood(text):
            return sampled, text
    others = [a for a in ask.rights() if a.text.strip() != attempt.text.strip()]
    if not others:
        return None
    other = ask.rng.choice(others)
    return other, other.text


def _anew(text: str, first: str) -> bool:
    """Whether a revision is a solution of its own: not the first again, nor its answer alone."""
    return text.strip() != first.strip() and 2 * len(text.split()) >= len(first.split())
