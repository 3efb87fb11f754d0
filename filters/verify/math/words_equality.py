"""Whether two answers in words, letters of a choice, clock times, ratios or based numbers are equal."""

from filters.verify.math.quantity import Quantity
from filters.verify.math.shapes import Answer, Choice, Coded, Words
from filters.verify.math.verdicts import EQUAL, MISMATCH, unknown
from schemas.verdict import Verdict

DOUBTFUL = unknown("text")

_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_SYNONYMS = (frozenset(["yes", "true", "correct"]), frozenset(["no", "false", "incorrect", "none"]))


def compare_words(gold: Answer, said: Answer) -> Verdict | None:
    """Equal words are equal; single words are different unless one begins or repeats the other."""
    if isinstance(gold, Quantity) and isinstance(said, Words):
        return _number_word(said, gold)
    if isinstance(gold, Words) and isinstance(said, Quantity):
        return _number_word(gold, said)
    if not isinstance(gold, Words) or not isinstance(said, Words):
        return DOUBTFUL
    if gold.text == said.text:
        return EQUAL
    one, other = gold.text.split(), said.text.split()
    if len(one) > 1 or len(other) > 1 or any({*one, *other} <= group for group in _SYNONYMS):
        return DOUBTFUL
    first, second = sorted((gold.text, said.text), key=len)
    kin = second.startswith(first[:4]) or first in second or sorted(first) == sorted(second)
    return DOUBTFUL if kin else MISMATCH


def _number_word(words: Words, quantity: Quantity) -> Verdict | None:
    """`three` against 3; any other words against a number are unknown (`none`, `a dozen`, …)."""
    number = quantity.value.as_rational()
    if number is None or words.text not in _NUMBERS:
        return DOUBTFUL
    return EQUAL if _NUMBERS.index(words.text) == number else MISMATCH


def compare_choices(gold: Answer, said: Answer) -> Verdict | None:
    """Two letters are compared; a letter against anything else may be its variable or its text."""
    if not isinstance(gold, Choice) or not isinstance(said, Choice):
        return DOUBTFUL
    if gold.letter == said.letter and gold.text and said.text and gold.text != said.text:
        return DOUBTFUL
    return EQUAL if gold.letter == said.letter else MISMATCH


def compare_coded(gold: Answer, said: Answer) -> Verdict | None:
    """Clock times, ratios and based numbers: equal parts are equal, and the rest is decided narrowly."""
    if isinstance(gold, Coded) and isinstance(said, Coded):
        if gold.kind != said.kind:
            return DOUBTFUL
        if gold.parts == said.parts:
            return EQUAL
        return {"clock": _clocks, "base": _bases, "ratio": _ratios}[gold.kind](gold.parts, said.parts)
    coded, other = (gold, said) if isinstance(gold, Coded) else (said, gold)
    if isinstance(coded, Coded) and coded.kind == "base" and isinstance(other, Quantity):
        return _based_and_plain(coded.parts, other)
    return DOUBTFUL


def _clocks(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    if one[:2] == other[:2] and not (one[2] and other[2]):
        return DOUBTFUL
    # 16:30 against 4:30 p.m.
    twelve = [str(int(hour) % 12) for hour in (one[0], other[0])]
    if one[1] == other[1] and twelve[0] == twelve[1] and not (one[2] and other[2]):
        return DOUBTFUL
    return MISMATCH


def _bases(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    """The same number in two bases is not what was asked for, nor surely wrong."""
    if one[1] == other[1]:
        return MISMATCH
    values = [_value(digits, base) for digits, base in (one, other)]
    return MISMATCH if None not in values and values[0] != values[1] else unknown("base")


def _based_and_plain(based: tuple[str, ...], plain: Quantity) -> Verdict:
    """`52_8` against 52 (the base left out) or 42 (its value) is unknown, against anything else wrong."""
    number, value = plain.value.as_rational(), _value(*based)
    readings = (value, int(based[0]) if based[0].isdigit() else value)
    return (
        MISMATCH if number is not None and value is not None and number not in readings else unknown("base")
    )


def _value(digits: str, base: str) -> int | None:
    try:
        return int(digits or "0", int(base))
    except ValueError:
        return None


def _ratios(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    if len(one) != len(other):
        return MISMATCH
    a, b = [int(part) for part in one], [int(part) for part in other]
    same = all(x * b[0] == y * a[0] for x, y in zip(a, b, strict=True))
    return DOUBTFUL if same else MISMATCH
