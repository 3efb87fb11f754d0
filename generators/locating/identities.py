"""The first step with an equation in LaTeX that no value of its variables makes true.

    (x + 1)^2 = x^2 + 2x + 2        2^3 \\cdot 5 = 45        \\frac{3}{4} + \\frac{1}{4} = 2

An equation with variables may be one to solve, and is then no identity: it is false for certain only
where both sides are read exactly (`filters.verify.math.expression`) and differ by a number that is not
zero, so that nothing solves it. Decimals may be rounded and are left alone; so are texts about remainders,
contradictions and other bases, and equations that the statement itself gives.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from filters.verify.math.expression import read_expression
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Surd
from generators.locating.base import Way
from generators.locating.flow import Evidence
from schemas.location import Location

_MATH = re.compile(r"\\\[(.+?)\\\]|\\\((.+?)\\\)|\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
_LINES = re.compile(
    r"\\\\|,\s|\\quad|\\text\{[^{}]*\}|\\implies|\\Rightarrow|\\(?:begin|end)\{[^{}]*\}|\n\s*\n"
)
_EQUALS = re.compile(r"(?<![<>!\\:])=(?!=)")
_OTHER = re.compile(r"[<>≠≈≡%]|\\(?:neq?|leq?|geq?|lt|gt|approx|equiv|sim|pmod|bmod|mod|cdots|ldots|dots)\b")
_NO_CLAIM = re.compile(
    r"contradict|impossible|not true|extraneous|no solution|not equal|never|modul"
    r"|\bmod\b|\bbase\b|suppose|assume|would|if we|remainder",
    re.IGNORECASE,
)

_UNREAD = re.compile(r"\.\d|(?<![A-Za-z\\])[A-Za-z](?:\^\{?-1\}?|')?\s*\(")
"""Decimals may be rounded; `f(0)` is a function's value, or a product, and cannot be told."""
_OPERATES = re.compile(r"[\w)}]\s*[-+*/^]|\\(?:cdot|times|frac|sqrt|div)")
"""`0 = -12` alone states a contradiction on purpose."""


class FalseIdentity(Way):
    """The first step with such an equation."""

    name: ClassVar[str] = "identities"

    def look(self, evidence: Evidence) -> Location | None:
        attempt = evidence.attempt
        for number in range(len(attempt.steps)):
            text = attempt.step_text(number)
            if "=" not in text or _NO_CLAIM.search(text):
                continue
            for left, right in _pairs(text):
                if right not in evidence.statement and never_equal(left, right):
                    return Location(
                        number,
                        self.name,
                        proven=False,
                        kind="calculation",
                        expression=left,
                        wrong=right,
                        confidence=0.6,
                    )
        return None


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Neighbouring sides of every chain of equations in the text's formulas."""
    for match in _MATH.finditer(text):
        formula = next(group for group in match.groups() if group is not None)
        for line in _LINES.split(formula):
            if not _OTHER.search(line):
                sides = [s.replace("&", " ").strip(" \n\t.,;:") for s in _EQUALS.split(line)]
                yield from pairwise(sides)


def never_equal(left: str, right: str) -> bool:
    """Whether two sides are read exactly and differ by a number that is not zero."""
    both = f"{left} {right}"
    if (
        not left
        or not right
        or _UNREAD.search(both)
        or not (_OPERATES.search(left) or _OPERATES.search(right))
    ):
        return False
    try:
        difference = _read(left) + -_read(right)
        number = difference.as_rational()
    except (Undecidable, RecursionError, OverflowError, ZeroDivisionError):
        return False
    return number is not None and number != 0


def _read(side: str) -> Surd:
    side = re.sub(r"\\boxed\{([^{}]*)\}", r"\1", side)
    return read_expression(re.sub(r"\\(?:left|right|,|;|!|:| )", "", side))
