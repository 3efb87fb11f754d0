"""Plain numbers and arithmetic as text: reading a note's result, spelling an expression, bounds."""

import re
from collections.abc import Sequence
from fractions import Fraction

from filters.verify.text_tokens import TextToken

MAX_BITS = 512
"""Bits of a numerator or denominator on the way; real sums stay under 100."""


class NotNumeric(Exception):
    """The tokens are not one arithmetical expression."""


def spelled(tokens: Sequence[TextToken]) -> str:
    """The expression with one spelling of operators and one space around them."""
    parts: list[str] = []
    before = ""
    for token in tokens:
        if token.kind == "note":
            continue
        binary = token.kind == "op" and token.text != "^" and before in ("num", "rp", "rb", "pct")
        gap = " " if before == "num" and token.kind == "num" else ""
        parts.append(f" {token.text} " if binary else gap + token.text)
        before = token.kind
    return "".join(parts)


def note_value(note: TextToken) -> Fraction:
    """The result that a calculator note states."""
    written = note.text[2:-2].rpartition("=")[2].strip().replace(",", "")
    if not re.fullmatch(r"-?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})", written):
        raise NotNumeric
    return Fraction(written)


def bounded(value: Fraction) -> Fraction:
    """The value itself; NotNumeric where it is too large to be a sum in a text."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise NotNumeric
    return value


def terminates(value: Fraction) -> bool:
    """Whether the value has a finite decimal expansion."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
