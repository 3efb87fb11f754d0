"""Substituting an answer into the problem's own equation: the surest check that needs no reference.

    >>> substituted("Find x: 3*x + 4 = 19.", "5")
    Substituted(name='x', equation='3*x + 4 = 19', check='3*5 + 4 = 19', left=Fraction(19, 1), right=Fraction(19, 1))

Read are problems that hold exactly one equation, in one unknown of one letter that stands in it without
powers or functions, and that ask for this unknown itself; anything else gives None, and so does an answer
that is not a plain number.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from filters.verify.arithmetic import tokens_of, value_of

_EQUATION = re.compile(
    r"(?<![\w.)])(?P<left>[-(\d]?[-+*/().\d \t]*(?:(?<![A-Za-z])[a-z](?![A-Za-z])[-+*/().\d \t]*)*)"
    r"=(?P<right>[-+*/().\d \t]*(?:(?<![A-Za-z])[a-z](?![A-Za-z])[-+*/().\d \t]*)*)"
)
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Substituted:
    """An equation of one unknown, the same with a number in its place, and what its sides come to."""

    name: str
    equation: str
    check: str
    left: Fraction
    right: Fraction

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.left == self.right


def substituted(statement: str, answer: str) -> Substituted | None:
    """The statement's equation with the answer in place of its unknown; None where that cannot be said."""
    answer = answer.strip()
    found = [m for m in _EQUATION.finditer(statement) if m["left"].strip() and m["right"].strip()]
    if statement.count("=") != 1 or len(found) != 1 or not _NUMBER.fullmatch(answer):
        return None
    sides = [found[0]["left"].strip(), re.sub(r"[\s.]+$", "", found[0]["right"]).strip()]
    names = sorted(set(re.findall(r"[a-z]", " ".join(sides))))
    if len(names) != 1 or not _asks(
        statement[: found[0].start()] + " " + statement[found[0].end() :], names[0]
    ):
        return None
    filled = [_filled(side, names[0], answer) for side in sides]
    values = [value_of(tokens_of(side)) for side in filled]
    if values[0] is None or values[1] is None:
        return None
    return Substituted(names[0], " = ".join(sides), " = ".join(filled), values[0], values[1])


def _asks(words: str, name: str) -> bool:
    """Whether the words about the equation ask for the unknown and not for some expression of it."""
    wanted = rf"\b(?:find|for|is|of|determine|compute|calculate|get)\s+\$?{name}\$?\s*(?:[.,:?!$]|\Z|if\b|when\b|in\b)"
    if re.search(wanted, words, re.IGNORECASE):
        return True
    return re.search(r"\bsolve\b", words, re.IGNORECASE) is not None and not re.search(rf"\b{name}\b", words)


def _filled(side: str, name: str, number: str) -> str:
    """The side with the number for the name: `3x` and `3*x` both multiply."""
    number = f"({number})" if number.startswith("-") else number
    side = re.sub(rf"(?<=[\d)])\s*{name}", f" * {number}", side)
    side = side.replace(name, number)
    return re.sub(rf"(?<={re.escape(number)})\s*(?=\()", " * ", side)
