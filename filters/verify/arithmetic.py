"""The value of arithmetic written in a text: exact fractions, the usual precedence, bounded size."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from filters.verify.plain_numbers import MAX_BITS, NotNumeric, bounded, note_value, terminates
from filters.verify.text_tokens import TextToken

MAX_EXPONENT = 64
"""Largest exponent that is worked out."""

MAX_DEPTH = 20
"""Deepest brackets."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of an expression and what matters when it is compared.

    `operations` counts the binary operators; `repeating` says that a division on the way does not
    end (1/3), so a person may have gone on with a rounded value; `percent` that a % was read as 1/100.
    """

    value: Fraction
    operations: int = 0
    repeating: bool = False
    percent: bool = False


def worth(tokens: Sequence[TextToken]) -> Worth | None:
    """The worth of the whole sequence, or None where it is not an expression."""
    try:
        return _Sum(tokens).whole()
    except NotNumeric:
        return None


class _Sum:
    """Recursive descent; one object for one expression."""

    def __init__(self, tokens: Sequence[TextToken]) -> None:
        self._tokens = [
            token
            for token, after in zip(tokens, [*tokens[1:], None], strict=True)
            # `<<3*4=12>>12`: the digits after the note are the value, the note repeats it
            if not (token.kind == "note" and after is not None and after.kind == "num")
        ]
        self._at = self._depth = self._operations = 0
        self._repeating = self._percent = False

    def whole(self) -> Worth:
        value = self._sum()
        if self._at != len(self._tokens):
            raise NotNumeric
        return Worth(value, self._operations, self._repeating, self._percent)

    def _peek(self, ahead: int = 0) -> TextToken | None:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _op(self, *texts: str) -> str | None:
        token = self._peek()
        if token is None or token.kind != "op" or token.text not in texts:
            return None
        self._at += 1
        return token.text

    def _take(self, kind: str) -> TextToken:
        token = self._peek()
        if token is None or token.kind != kind:
            raise NotNumeric
        self._at += 1
        return token

    def _sum(self) -> Fraction:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotNumeric
        value = self._product()
        while (sign := self._op("+", "-")) is not None:
            self._operations += 1
            other = self._product()
            value = bounded(value + other if sign == "+" else value - other)
        self._depth -= 1
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while True:
            token, before = self._peek(), self._tokens[self._at - 1]
            if (sign := self._op("*", "/")) is not None:
                value = self._apply(sign, value, self._signed())
            elif token is not None and token.kind == "lp" and token.start == before.end:
                value = self._apply("*", value, self._power())
            else:
                return value

    def _apply(self, sign: str, value: Fraction, other: Fraction) -> Fraction:
        self._operations += 1
        if sign == "*":
            return bounded(value * other)
        if other == 0:
            raise NotNumeric
        quotient = bounded(value / other)
        self._repeating |= not terminates(quotient)
        return quotient

    def _signed(self) -> Fraction:
        return -self._power() if self._op("-") is not None else self._power()

    def _power(self) -> Fraction:
        base = self._atom()
        if self._op("^") is not None:
            self._operations += 1
            exponent = self._signed()
            if exponent.denominator != 1 or abs(exponent) > MAX_EXPONENT or (base == 0 and exponent <= 0):
                raise NotNumeric
            if abs(exponent) * max(base.numerator.bit_length(), base.denominator.bit_length()) > MAX_BITS:
                raise NotNumeric
            base = base**exponent.numerator
        token = self._peek()
        if token is not None and token.kind == "pct":
            self._at += 1
            self._percent = True
            base /= 100
        return base

    def _atom(self) -> Fraction:
        token = self._peek()
        if token is None:
            raise NotNumeric
        self._at += 1
        if token.kind == "num":
            return self._mixed(Fraction(token.text))
        if token.kind in ("lp", "lb"):
            value = self._sum()
            self._take("rp" if token.kind == "lp" else "rb")
            return value
        if token.kind == "frac":
            return self._fraction()
        if token.kind == "note":
            return note_value(token)
        raise NotNumeric

    def _fraction(self) -> Fraction:
        above = self._braced()
        return self._apply("/", above, self._braced())

    def _braced(self) -> Fraction:
        self._take("lb")
        value = self._sum()
        self._take("rb")
        return value

    def _mixed(self, whole: Fraction) -> Fraction:
        """`2 1/2` and `2\\frac{1}{2}` after the 2 has been read."""
        token = self._peek()
        if token is None or token.kind not in ("num", "frac"):
            return whole
        slash, below = self._peek(1), self._peek(2)
        if token.kind == "frac":
            self._at += 1
            part = self._fraction()
        elif slash is not None and below is not None and slash.text == "/" and below.kind == "num":
            self._at += 3
            if not Fraction(below.text):
                raise NotNumeric
            part = Fraction(token.text) / Fraction(below.text)
        else:
            raise NotNumeric
        if not 0 < part < 1 or whole.denominator != 1:
            raise NotNumeric
        self._operations += 1
        self._repeating |= not terminates(part)
        return whole + part
