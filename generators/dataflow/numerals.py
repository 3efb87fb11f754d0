"""Numbers as people write them: in words, in a statement, and a new value in an old one's form."""

import itertools
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from filters.verify.arithmetic import Token, number_value, tokens_of

_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
_SMALL += ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBER_WORDS: dict[str, int] = {word: number for number, word in enumerate(_SMALL)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_IMPLIED = {
    "a": (1,), "an": (1,), "once": (1,), "first": (1,), "second": (2,), "third": (3,), "thirds": (3, 2),
    "fourth": (4,), "fourths": (4, 3), "fifth": (5,), "fifths": (5,), "sixth": (6,), "seventh": (7,),
    "eighth": (8,), "tenth": (10,), "half": (2,), "halves": (2,), "halved": (2,), "twice": (2,),
    "double": (2,), "doubles": (2,), "doubled": (2,), "both": (2,), "couple": (2,), "pair": (2,),
    "pairs": (2,), "twins": (2,), "average": (2,), "between": (2,), "each": (2,), "triple": (3,),
    "triples": (3,), "tripled": (3,), "thrice": (3,), "triplets": (3,), "quarter": (4, 25),
    "quarters": (4, 25), "quadruple": (4,), "dozen": (12,), "dozens": (12,), "score": (20,),
    "hundred": (100,), "thousand": (1000,), "million": (10**6,), "nickel": (5,), "nickels": (5,),
    "dime": (10,), "dimes": (10,), "weekend": (2,), "weekends": (2,), "weekdays": (5,), "weekday": (5,),
    "square": (2, 4), "rectangle": (2, 4), "rectangular": (2, 4), "triangle": (3, 2), "hexagon": (6,),
    "leap": (366, 29), "decade": (10,), "decades": (10,), "century": (100,), "teenager": (13,),
}  # fmt: skip
"""Numbers that a word may stand for in a computation."""

UNITS: dict[int, tuple[str, ...]] = {
    7: ("week", "daily", "every day"),
    12: ("month", "year", "annual", "dozen", "inch", "feet", "foot"),
    24: ("hour", "day"),
    16: ("ounce", "pound"),
    3: ("yard", "quarter"),
    36: ("yard",),
    4: ("quart", "gallon", "quarter", "month", "week"),
    8: ("gallon", "pint"),
    30: ("month", "day", "half"),
    31: ("month", "january", "march", "may", "july", "august", "october", "december"),
    28: ("february",),
    52: ("year", "annual"),
    60: ("hour", "minute", "second"),
    3600: ("hour",),
    90: ("right angle",),
    180: ("triangle", "angle"),
    360: ("circle", "angle", "year"),
    100: ("%", "percent", "cent", "meter", "dollar"),
    365: ("year", "annual"),
    1000: ("kilo", "gram", "liter", "ml", "kg", "km", "mm", "ton"),
    2000: ("ton",),
    5280: ("mile",),
}
"""Constants of everyday units, and words one of which must stand near for them to be meant."""


@dataclass(frozen=True, slots=True)
class Given:
    """A number the statement writes: its place there, the word after it, whether money or percent."""

    value: Fraction
    start: int
    unit: str
    money: bool
    percent: bool


def value_of_token(token: Token) -> Fraction | None:
    """The value of a number token, None where it cannot be read."""
    try:
        if token.text.startswith("-"):
            return -number_value(Token("number", token.text[1:], 0, 0))
        return number_value(token)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def given_numbers(statement: str) -> tuple[Given, ...]:
    """The numbers of a statement, digits and words."""
    tokens = [t for t in tokens_of(statement) if t.kind != "skip"]
    found = []
    for at, token in enumerate(tokens):
        word = token.text.lower()
        if token.kind == "number":
            value = value_of_token(token)
        elif token.kind == "word" and word in NUMBER_WORDS:
            value = Fraction(NUMBER_WORDS[word])
        else:
            continue
        if value is None:
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if after is not None and after.text == "-" and at + 2 < len(tokens):
            after = tokens[at + 2]  # 120-page
        found.append(
            Given(
                value,
                token.start,
                after.text.lower() if after is not None and after.kind == "word" else "",
                statement[max(0, token.start - 1) : token.start] == "$",
                after is not None and (after.kind == "percent" or after.text.lower() == "percent"),
            )
        )
    return tuple(found)


@lru_cache(maxsize=1024)
def explained(statement: str) -> frozenset[Fraction]:
    """Values that an operand may have taken from the statement, percents and words such as `twice` included."""
    values: set[Fraction] = set()
    for number in given_numbers(statement):
        values.add(number.value)
        if number.percent:
            share = number.value / 100
            values |= {share, 1 - share, 1 + share, 100 - number.value, 100 + number.value}
    for whole, top, under in re.findall(r"(?:(\d+)[ -])?\b(\d{1,4})/(\d{1,4})\b", statement):
        if int(under):
            part = Fraction(int(top), int(under))
            values |= {Fraction(int(top)), Fraction(int(under)), part, 1 - part, int(whole or 0) + part}
    words = [w.lower() for w in re.findall(r"[A-Za-z]+", statement)]
    for word in words:
        values |= {Fraction(v) for v in _IMPLIED.get(word, ())}
    for tens, ones in itertools.pairwise(words):
        if tens in _TENS and NUMBER_WORDS.get(ones, 10) < 10:
            values.add(Fraction(NUMBER_WORDS[tens] + NUMBER_WORDS[ones]))
        if ones in {"hundred", "thousand"} and tens in NUMBER_WORDS:
            values.add(Fraction(NUMBER_WORDS[tens] * (100 if ones == "hundred" else 1000)))
    return frozenset(values)


def implied_by(text: str) -> frozenset[int]:
    """Numbers that words of a text (`half`, `twice`, `dozen`) may stand for."""
    words = {w.lower() for w in re.findall(r"[A-Za-z]+", text)} - {"a", "an", "each", "between", "square"}
    return frozenset(v for word in words for v in _IMPLIED.get(word, ()))


def is_unit(value: Fraction, text: str) -> bool:
    """Whether a value is a constant of units that the (lower-case) text speaks of."""
    return value.denominator == 1 and any(word in text for word in UNITS.get(value.numerator, ()))


def rewritten(old_text: str, old: Fraction, new: Fraction, commas: bool = False) -> str | None:
    """A new value in an old one's form; None where it has none (a count with a fraction, a sign that changes).

    >>> rewritten("1,200", Fraction(1200), Fraction(3400)), rewritten("2.50", Fraction("2.5"), Fraction(3))
    ('3,400', '3.00')
    """
    if new < 0 or old_text.startswith("-"):
        plain = rewritten(old_text.lstrip("-"), abs(old), abs(new), commas)
        return None if plain is None else "-" * (new < 0) + plain
    if not re.fullmatch(r"[\d,]*\.?\d+", old_text):
        return None
    comma = "," if "," in old_text or (commas and old < 1000) else ""
    places = len(old_text.partition(".")[2])
    if places == 0:
        return f"{new.numerator:{comma}}" if new.denominator == 1 else None
    if places == 2 and (new * 100).denominator == 1:
        short = f"{float(new):{comma}.2f}"
        return short[1:] if old_text.startswith(".") and new < 1 else short
    most = max(places, 2)
    if (new * 10**most).denominator != 1 or places > 4:
        return None
    short = f"{float(new):{comma}.{most}f}".rstrip("0").rstrip(".")
    return short[1:] if old_text.startswith(".") and short.startswith("0.") else short


def number_word(value: Fraction, like: str) -> str | None:
    """A small whole number as a word, with a capital where the old word has one."""
    word = next((w for w, v in NUMBER_WORDS.items() if v == value), None)
    if word is None:
        return None
    return word.capitalize() if like[:1].isupper() else word
