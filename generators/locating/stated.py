"""Numbers that a problem statement gives, in digits and in words, and the constants of units it names.

"Half of the 30 eggs in 2 dozen …"  ->  1/2, 30, 2, 12
"""

import re
from fractions import Fraction
from functools import lru_cache

from filters.verify.arithmetic import number_value, tokens_of

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = """twenty thirty forty fifty sixty seventy eighty ninety"""
_WORDS = {word: Fraction(n) for n, word in enumerate(_ONES.split())}
_WORDS |= {word: Fraction(10 * n) for n, word in enumerate(_TENS.split(), start=2)}
_WORDS |= {
    "once": Fraction(1), "single": Fraction(1), "first": Fraction(1),
    "twice": Fraction(2), "double": Fraction(2), "doubles": Fraction(2), "doubled": Fraction(2),
    "both": Fraction(2), "pair": Fraction(2), "pairs": Fraction(2), "couple": Fraction(2),
    "second": Fraction(2), "triple": Fraction(3), "triples": Fraction(3), "thrice": Fraction(3),
    "quadruple": Fraction(4), "half": Fraction(1, 2), "halves": Fraction(1, 2), "halfway": Fraction(1, 2),
    "third": Fraction(1, 3), "thirds": Fraction(1, 3), "quarter": Fraction(1, 4),
    "quarters": Fraction(1, 4), "fourth": Fraction(1, 4), "fourths": Fraction(1, 4),
    "fifth": Fraction(1, 5), "fifths": Fraction(1, 5), "sixth": Fraction(1, 6), "sixths": Fraction(1, 6),
    "seventh": Fraction(1, 7), "eighth": Fraction(1, 8), "eighths": Fraction(1, 8),
    "ninth": Fraction(1, 9), "tenth": Fraction(1, 10), "tenths": Fraction(1, 10),
    "hundred": Fraction(100), "thousand": Fraction(1000), "million": Fraction(1_000_000),
    "dozen": Fraction(12), "dozens": Fraction(12), "score": Fraction(20), "gross": Fraction(144),
}  # fmt: skip
CONVERSIONS = frozenset(map(Fraction, (7, 12, 24, 60, 100, 1000, 3600, 365, 52, 3, 36, 16, 4, 8, 2, 10, 30)))
"""Factors between units in daily use, and numbers too common to ask where they come from."""
UNIT_FACTORS = {
    Fraction(factor): re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for factor, words in {
        7: "week",
        12: "year|month|annual|dozen|feet|foot|inch",
        24: "hour|day",
        60: "hour|minute|second",
        3600: "hour|second",
        365: "year|annual|day",
        52: "year|annual|week",
        100: r"cent\b|cents|meter|centi|percent",
        1000: "kilo|km|kg|gram|liter|litre|milli|ml|meter",
    }.items()
}
"""Factors between units, and the words of a statement that can ask for them."""


@lru_cache(maxsize=4096)
def stated_numbers(statement: str) -> frozenset[Fraction]:
    """Every number the statement gives: as written, percents as shares too, mixed and compound numbers."""
    found: set[Fraction] = set()
    previous: Fraction | None = None
    tokens = [t for t in tokens_of(statement) if t.kind != "skip"]
    for place, token in enumerate(tokens):
        value = None
        if token.kind in {"number", "fraction"}:
            try:
                value = number_value(token)
            except ValueError:
                continue
        elif token.kind == "word":
            value = _WORDS.get(token.text.lower())
        if value is None:
            previous = None if token.text not in {"/", "-"} else previous
            continue
        found.add(value)
        if place + 1 < len(tokens) and tokens[place + 1].kind == "percent":
            found |= {value / 100, 1 - value / 100, 1 + value / 100, 100 - value, 100 + value}
        found |= _joined(previous, value)
        previous = value
    found |= {a * b for a, b in _fractions(statement)}
    return frozenset(found)


def _joined(previous: Fraction | None, value: Fraction) -> set[Fraction]:
    """`two thirds`, `twenty-five`, `3 hundred`, `2 1/2`."""
    if previous is None:
        return set()
    return {previous * value, previous + value}


def _fractions(statement: str) -> list[tuple[Fraction, Fraction]]:
    """`3/4` and `2 1/2` as numerator and reciprocal of the denominator."""
    found = []
    for whole, top, bottom in re.findall(r"(?:(\d+)[ -])?(\d+)\s*/\s*(\d+)", statement):
        if len(top + bottom + whole) < 12 and int(bottom):
            found.append((Fraction(int(top)), Fraction(1, int(bottom))))
            if whole:
                found.append((Fraction(int(whole) * int(bottom) + int(top)), Fraction(1, int(bottom))))
    return found
