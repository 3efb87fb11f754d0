"""Attempts of which none repeats another."""

from collections.abc import Sequence

from schemas.attempt import Attempt


def by_answer(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The first attempt with each answer, in order."""
    first: dict[str, Attempt] = {}
    for attempt in attempts:
        first.setdefault(attempt.verdict.evidence, attempt)
    return list(first.values())


def by_text(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The first attempt with each text, in order."""
    first: dict[str, Attempt] = {}
    for attempt in attempts:
        first.setdefault(attempt.text, attempt)
    return list(first.values())
