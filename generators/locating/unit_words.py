"""Units of measure in words: what they measure and which word follows a result."""

import re

from filters.verify.equations import Equation
from generators.locating.wording import WITHOUT_MEANING, singular

_UNITS = {
    "length": "inch inches foot feet yard yards mile miles meter meters kilometer kilometers cm km",
    "time": "second seconds minute minutes hour hours day days week weeks month months year years",
    "weight": "ounce ounces pound pounds lb lbs gram grams kilogram kilograms kg ton tons",
    "volume": "cup cups pint pints quart quarts gallon gallons ml liter liters",
    "money": "cent cents dollar dollars",
}
UNITS = {
    word: (kind, re.sub(r"(?<=inch)es$|s$", "", word).replace("foot", "feet"))
    for kind, words in _UNITS.items()
    for word in words.split()
}
"""A unit's word -> what it measures and the unit's name."""
_AFTER = re.compile(r"\s*([A-Za-z]+)\b(?!\s*(?:/|per\b|an?\b|each\b|-))")

Unit = tuple[str, str]


MONEY: Unit = ("money", "dollar")


def unit_of(text: str, equation: Equation) -> Unit | None:
    """What an equation's result counts, by the sign before or the word after; None where neither says.

    A unit of measure as (what it measures, its name), any other noun as ("", noun).
    """
    start, end = equation.result_spans[-1]
    if text[:start].rstrip().endswith("$"):
        return MONEY
    match = _AFTER.match(text, max(end, equation.end))
    if match is None or match[1].lower() in WITHOUT_MEANING:
        return None
    word = match[1].lower()
    return UNITS.get(word, ("", singular(word)))
