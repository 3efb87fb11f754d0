"""What every bank of phrasings must keep."""

import re
from collections.abc import Sequence
from string import Formatter

from filters.shape import LEAKS

LEAST = 30


def fields(text: str) -> set[str]:
    """Names of the placeholders in a template."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def problems_of(bank: Sequence[str], least: int = LEAST) -> list[str]:
    """What is wrong with a bank: too small, phrasings that are alike, odd white space, leaks."""
    found = [] if len(bank) >= least else [f"only {len(bank)} phrasings"]
    plain = [re.sub(r"\W+", " ", text).strip().lower() for text in bank]
    found += [f"twice: {text}" for text, key in zip(bank, plain, strict=True) if plain.count(key) > 1]
    found += [f"white space: {text!r}" for text in bank if " ".join(text.split()) != text]
    found += [f"leak: {text}" for text in bank if LEAKS.search(text)]
    return found + [f"no end: {text}" for text in bank if text[-1] not in ".:!?"]
