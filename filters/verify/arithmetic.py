"""Numeric expressions in running text: tokens with their places, and their exact values.

    She makes 9 * $2 = $<<9*2=18>>18 a day.
              └ number, operator, number, equals, note, number ┘ word …

Only numbers, + - * / (in their many spellings) and brackets are arithmetic; anything else
ends a statement.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

MOST_DIGITS = 20
"""Longer numbers are not arithmetic a person states."""

_NUMBER = r"(?:\d{1,3}(?:(?:,|\{,\}|,\\!)\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_TOKEN = re.compile(
    rf"""
      (?P<note><<[^<>\n]{{1,200}}>>)
    | (?P<fraction>\\[dt]?frac\s*\{{\s*\d+\s*\}}\s*\{{\s*\d+\s*\}})
    | (?P<number>{_NUMBER})
    | (?P<skip>[ \t]+|\\?\$|&|\\[,;:!]|\*\*|\\left(?=\()|\\right(?=\))|\\boxed\{{(?=[-\d.,]+\}}))
    | (?P<operator>\\times(?![a-z])|\\cdot(?![a-z])|\\div(?![a-z])|[-+*/−–×·÷]|(?<=[\d)\s])[xX](?=[\s$(]*[\d.(]))
    | (?P<equals>=)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<percent>\\?%)
    | (?P<newline>\n|\\\\)
    | (?P<math>\\[()\[\]])
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)
    | (?P<command>\\[A-Za-z]+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = {
    "×": "*", "·": "*", "x": "*", "X": "*", "\\times": "*", "\\cdot": "*",
    "÷": "/", "\\div": "/", "−": "-", "–": "-",
}  # fmt: skip
ARITHMETIC = frozenset(
    {"note", "fraction", "number", "operator", "equals", "open", "close", "percent", "skip"}
)


class Token(NamedTuple):
    """A token and its place in the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens_of(text: str, offset: int = 0) -> list[Token]:
    """All tokens of a text; places are shifted by `offset`."""
    return [
        Token(m.lastgroup or "other", m[0], m.start() + offset, m.end() + offset)
        for m in _TOKEN.finditer(text)
    ]


def number_value(token: Token) -> Fraction:
    """Exact value of a number or fraction token. ValueError where it is too long or divides by zero."""
    if token.text.isdecimal() and token.text[0] != "0" and len(token.text) <= MOST_DIGITS:
        return Fraction(int(token.text))  # ten times faster than reading a string
    digits = re.sub(r"[^\d.]+", " ", re.sub(r"(?<=\d)(?:,|\{,\}|,\\!)(?=\d{3})", "", token.text)).split()
    if any(len(d) > MOST_DIGITS for d in digits):
        raise ValueError("too long")
    if any(re.match(r"0\d", d) for d in digits):  # a time of day (0900), a code
        raise ValueError("leading zero")
    try:
        return Fraction(digits[0]) / Fraction(digits[1] if len(digits) > 1 else 1)
    except ZeroDivisionError:
        raise ValueError("division by zero") from None


def value_of(tokens: Sequence[Token]) -> Fraction | None:
    """Exact value of an expression, None where the tokens are not one."""
    try:
        reader = _Reader([t for t in tokens if t.kind != "skip"])
        value = reader.sum()
        return value if reader.at_end else None
    except (ValueError, ZeroDivisionError, RecursionError):
        return None


def written(tokens: Sequence[Token]) -> str:
    """The expression as it is read: plain operators between single spaces, no money signs or notes."""
    parts: list[str] = []
    for token in tokens:
        if token.kind == "operator":
            unary = not parts or parts[-1].endswith(("(", " "))
            sign = _PLAIN.get(token.text, token.text)
            parts.append(sign if unary else f" {sign} ")
        elif token.kind not in {"skip", "note"}:
            parts.append(token.text)
    return "".join(parts)


class _Reader:
    """Recursive descent; ValueError on anything that is not an expression."""

    def __init__(self, tokens: list[Token]) -> None:
        if len(tokens) > 60:
            raise ValueError("too long")
        self._tokens, self._at = tokens, 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def sum(self) -> Fraction:
        value = self._product()
        while sign := self._take_operator("+-"):
            value = value + self._product() if sign == "+" else value - self._product()
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while True:
            sign = self._take_operator("*/")
            if sign == "*" or (not sign and self._kind() == "open"):  # 2(3 + 4)
                value *= self._signed()
            elif sign == "/":
                value /= self._signed()
            else:
                return value

    def _signed(self) -> Fraction:
        if self._take_operator("-"):
            return -self._single()
        return self._single()

    def _single(self) -> Fraction:
        if self.at_end:
            raise ValueError("expression ends early")
        token = self._tokens[self._at]
        self._at += 1
        if token.kind in {"number", "fraction"}:
            value = number_value(token)
            if self._kind() == "percent":
                self._at += 1
                value /= 100
            return value
        if token.kind != "open":
            raise ValueError(f"no number: {token.text}")
        value = self.sum()
        if self._kind() != "close":
            raise ValueError("bracket stays open")
        self._at += 1
        return value

    def _kind(self) -> str:
        return "" if self.at_end else self._tokens[self._at].kind

    def _take_operator(self, wanted: str) -> str:
        if self._kind() != "operator":
            return ""
        sign = _PLAIN.get(self._tokens[self._at].text, self._tokens[self._at].text)
        if sign not in wanted:
            return ""
        self._at += 1
        return sign
