"""Texts as words, to see whether two say the same: for contamination.

Case, white space, punctuation and the ways to write a character do not count; numbers and signs of arithmetic do: 3 + 4
and 3 - 4 are two problems.

    >>> words("Ann has 1,200 apples.  She eats\\n3 + 4!")
    ('ann', 'has', '1200', 'apples', 'she', 'eats', '3', '+', '4')
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

NUMBER = "#"
"""Stands for every number where numbers are masked."""

_WORD = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)|[^\W\d_]+|[-+*/=<>^%]")
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "∗": "*"})
_MATH = ((re.compile(r"\\(?:times|cdot)\b"), "*"), (re.compile(r"\\div\b"), "/"))
LEAST_WORDS = 2
"""An n-gram with fewer words of letters than one in so many says nothing once its numbers are masked."""


def words(text: str, mask: bool = False) -> tuple[str, ...]:
    """Words, numbers and signs in order; `mask` puts one sign for all numbers."""
    for command, sign in _MATH:
        text = command.sub(sign, text)
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold()
    return tuple((NUMBER if mask else m[1].replace(",", "")) if m[1] else m[0] for m in _WORD.finditer(plain))


def ngrams(said: Sequence[str], n: int) -> Iterator[str]:
    """Every run of n words; none in a shorter text. A run with masked numbers needs words of letters in half of it."""
    for at in range(len(said) - n + 1):
        run = said[at : at + n]
        if NUMBER not in run or LEAST_WORDS * sum(word.isalpha() for word in run) >= n:
            yield " ".join(run)
