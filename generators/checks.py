"""Checks that confirm or reject an answer, said in the model's own voice and no more than is known."""

import random

from generators.prompts import checks as texts
from generators.reflect import fill, sayable, shown
from schemas.location import Location


def confirming(rng: random.Random, answer: str) -> str:
    """A check that ends in a verdict for a right answer, as extracted."""
    said = rng.choice(texts.OPENERS)
    if not sayable(answer):
        return f"{said} {rng.choice(texts.CONFIRM_UNSAID)}"
    return f"{said} {rng.choice(texts.CONFIRM).format(answer=shown(answer))}"


def rejecting(rng: random.Random, answer: str, found: Location | None = None) -> str:
    """A check that ends in a verdict against a wrong answer; it names the false equation where there is one."""
    said = rng.choice(texts.OPENERS)
    if found is not None and found.method == "equations" and found.right:
        return f"{said} {fill(rng, texts.REJECT_EQUATION, found)}"
    if not sayable(answer):
        return f"{said} {rng.choice(texts.REJECT_UNSAID)}"
    return f"{said} {rng.choice(texts.REJECT).format(answer=shown(answer))}"
