"""Guards on texts that a model wrote with more in view than the learner will have.

A note written with the answer in view tends to give it away, or to speak of the material it was shown;
learnt, either teaches the model to pretend that it knows (LEMMA, InT, SCORE and S2R filter the same).
"""

import re

from filters.shape import LEAKS
from filters.verify.named_answer import names_answer

_MOST_CHARS = 600
"""Longer than this is a solution of its own, not a note."""
_SHOWN = re.compile(
    r"\bthe reference\b|\b(?:solution|answer) (?:[12]|two)\b(?! ?[-+*/=.])"
    r"|\b(?:provided|given|right|correct) solution\b"
    r"|\b(?:right|correct) version\b|\bI (?:was|am|have been) (?:given|told|shown)\b|\bfor (?:my|your) eyes\b",
    re.IGNORECASE,
)
"""What writers of notes say of the material in their prompt."""


def leaks(text: str) -> bool:
    """Whether the text speaks of a reference, of another solution, or of having been given the answer."""
    return LEAKS.search(text) is not None or _SHOWN.search(text) is not None


def states(text: str, answer: str) -> bool:
    """Whether the answer stands in the text, in whatever spelling ("forty-two", "x = 42.0")."""
    return names_answer(text, answer)


def note(text: str, answer: str, most: int = _MOST_CHARS) -> bool:
    """Whether a text may stand as a note on work in progress: short, no leak, the answer not in it."""
    return 0 < len(text.strip()) <= most and not leaks(text) and not states(text, answer)
