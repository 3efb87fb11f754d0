"""Attempts that recipes asked for or made on their own account: revisions, guided samples, injected mistakes."""

from dataclasses import dataclass

from schemas.attempt import Attempt
from schemas.location import Location
from schemas.segment import Message


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """An attempt beside a problem's own, with what it came of.

    `prompt` is the conversation it answers, an assistant prefix that was continued not included (the
    attempt's text begins with it). `variant` says how it came about (`revision`, `hint.answer`,
    `injected`, …), `parents` which attempts it descends from.
    """

    attempt: Attempt
    recipe: str
    variant: str
    prompt: tuple[Message, ...]
    parents: tuple[str, ...] = ()
    found: Location | None = None
