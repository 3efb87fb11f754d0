"""The tokens of a mathematical expression in LaTeX or plain text."""

import re
from typing import NamedTuple

from filters.verify.math.roots import Undecidable

MAX_DIGITS = 400
"""Longest digit run that is converted; Python refuses above 4300."""

MAX_LETTERS = 3
"""Longest run read as a product of variables; longer ones are words (`5 apples + 3`)."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.\d*|\.\d+|\d+)|(?P<command>\\[A-Za-z]+)|(?P<letters>[A-Za-z]+)|(?P<mark>.))",
    re.DOTALL,
)
_TRIGONOMETRIC = (
    "sin",
    "cos",
    "tan",
    "cot",
    "sec",
    "csc",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
)
FUNCTIONS = frozenset([*_TRIGONOMETRIC, "log", "ln", "exp"])
"""Functions of one argument; `log` may have a base."""

OVER = frozenset(["/", "\\div"])
"""Signs of division."""

_REFUSED = re.compile(r"mod|gcd|lcm|max|min|lim|det|deg|inf|sin|cos|tan|cot|log|exp")


class Token(NamedTuple):
    """`kind` is number, command, letter or mark; `spaced` says that white space came before it."""

    kind: str
    text: str
    spaced: bool


def tokens_of(text: str) -> list[Token]:
    """Tokens in order; a run of letters becomes one token a letter."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text.strip()):
        kind, spaced = match.lastgroup or "", match.group()[:1].isspace()
        word = match.group(kind)
        if kind == "number" and len(word) > MAX_DIGITS:
            raise Undecidable("digits")
        if kind == "letters":
            tokens.extend(_letters(word, spaced))
        else:
            tokens.append(Token(kind, word, spaced))
    return tokens


def _letters(word: str, spaced: bool) -> list[Token]:
    """A run of letters is a product of variables, `pi` is π, functions are not read."""
    if word == "pi":
        return [Token("command", "\\pi", spaced)]
    if word == "sqrt" or word in FUNCTIONS:
        return [Token("command", "\\" + word, spaced)]
    if len(word) > MAX_LETTERS or _REFUSED.search(word):
        raise Undecidable("word or function")
    return [Token("letter", letter, spaced and n == 0) for n, letter in enumerate(word)]


class Cursor:
    """A place in a list of tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def _peek(self, ahead: int = 0) -> Token | None:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _is(self, *texts: str) -> bool:
        token = self._peek()
        return token is not None and token.text in texts

    def _follows(self, texts: list[str]) -> bool:
        return [token.text for token in self._tokens[self._at : self._at + len(texts)]] == texts

    def _take(self, *texts: str) -> Token:
        token = self._peek()
        if token is None or (texts and token.text not in texts):
            raise Undecidable("syntax")
        self._at += 1
        return token

    def _opened(self, mark: str) -> bool:
        return self._is(mark) and bool(self._take())
