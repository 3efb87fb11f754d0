r"""What a right answer's text may not state if it is to be learnt, although nothing in it is false for certain.

    >>> doubtful("In bags of 10 that makes 48 / 10 = 4 bags.")
    True
    >>> doubtful("48 / 10 = 4.8, so 4 bags are full.")
    False

A quotient that is cut to a whole number without a word may be meant ("4 full bags"), and is more often a way to the
right answer past a mistake: 48 / 12 was asked for. Of 2,001 right GSM8K rollouts three do so, all of them by luck.
"""

import re

from filters.verify.equations import Equation, equations

LATEX = re.compile(r"\\(?!boxed)")
"""Texts in LaTeX, where the arithmetic that is read is not all there is."""
_GARBLED = re.compile(r"=\s*(?:\*[a-z]\b(?!\*)|/|-0\b(?!\.\d))|(?<![\d.,/])\b\d+ \d{1,2} [a-z]{3,}s\b")
"""An equals sign with an operator right behind it, `7*x =*x = 35` (not Markdown's `= *x*` and `= **5**`); a result
of -0; two numbers before one thing, `11 7 stamps`."""
_SLIGHT = 50
"""A result that is off by less than this part of itself comes of decimals: 33.33 * 3 = 100."""


def doubtful(text: str, reference: str = "") -> bool:
    """Whether some result is silently made whole, where the reference makes none so, or some line is broken."""
    return garbled(text) or (_cuts(text) and not any(map(rounded, equations(reference))))


def garbled(text: str) -> bool:
    """Whether something stands there that nobody writes: an equation without a side, -0, two numbers of one thing."""
    return _GARBLED.search(text) is not None


def rounded(equation: Equation) -> bool:
    """Whether a whole number is stated for what comes close to it."""
    value, stated = equation.left_value, equation.stated_value
    return value != stated and stated.denominator == 1 and abs(value - stated) < 1


def _cuts(text: str) -> bool:
    return not LATEX.search(text) and any(
        rounded(e) and abs(e.left_value - e.stated_value) * _SLIGHT > abs(e.left_value)
        for e in equations(text)
    )
