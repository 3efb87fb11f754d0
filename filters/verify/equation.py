"""An equation between numbers as a text states it, and the text with its result put right.

"So 12 * 7 = 85 eggs"  ->  left "12 * 7", left_value 84, stated "85", holds False
corrected(text, …)     ->  "So 12 * 7 = 84 eggs"
"""

import re
from dataclasses import dataclass
from fractions import Fraction

MAX_PLACES = 4
"""Most decimals a corrected result is given; more would not look like a person's number."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One statement `left = stated`; offsets are code points of the text it was found in.

    `result_spans` are all places where the stated result stands, a calculator note's included;
    `holds` is None where the text may mean something else or may have rounded.
    """

    start: int
    end: int
    left: str
    left_value: Fraction
    stated: str
    stated_value: Fraction
    result_spans: tuple[tuple[int, int], ...]
    holds: bool | None


def corrected(text: str, equation: Equation) -> str | None:
    """The text with the true value at every place of the stated result, written as that was.

    None where the true value is neither whole nor a decimal of at most MAX_PLACES, or where the
    stated result is not one number (`3/4`).
    """
    parts, at = [], 0
    for start, end in equation.result_spans:
        number = like(text[start:end], equation.left_value)
        if number is None:
            return None
        parts += [text[at:start], number]
        at = end
    return "".join((*parts, text[at:]))


def like(written: str, value: Fraction) -> str | None:
    """The value in the manner of a written number: thousands separators and at least its decimals.

    `like("1,500", 2600)` is `2,600`; `like("4.50", 3)` is `3.00`; `like("5", 7/2)` is `3.5`.
    """
    separator = re.search(r"\d(,|\{,\}|,\\!)\d{3}", written)
    if not re.fullmatch(r"-?[\d,{}\\!]*\.?\d*%?", written) or "%" in written:
        return None
    places = next((n for n in range(MAX_PLACES + 1) if (value * 10**n).denominator == 1), None)
    if places is None:
        return None
    decimals = len(written.partition(".")[2])
    # `18.0` is how calculators write whole numbers: a longer tail is kept only where it is money
    places = max(places, decimals if decimals <= 2 else 0)
    scaled = abs(value) * 10**places
    digits = f"{scaled.numerator:0{places + 1}d}"
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    if separator and len(whole) > 3:
        whole = f"{int(whole):,}".replace(",", separator[1])
    return ("-" if value < 0 else "") + whole + ("." + part if part else "")
