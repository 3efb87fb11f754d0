"""A worked solution as a graph: which value is computed from which, and every place it is written.

    Natalia sold 48/2 = <<48/2=24>>24 clips in May.          equation 0: operands 48 and 2, result 24
    Natalia sold 48+24 = <<48+24=72>>72 clips altogether.    equation 1: operands 48 and 24 (of 0)

A number is written at one or more places: an operand in the text and again in the calculator note, a
result in the note and after it. Numbers that stand in no equation are mentions. Which result an operand
or mention repeats is decided by `propagate`, and only where it matters.

Not covered: variables, percent signs inside expressions, fractions as results, numbers in words
that repeat a result. They are kept as what nothing may be said of.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from filters.verify.arithmetic import Token, value_of
from generators.dataflow.numerals import Given, implied_by, is_unit
from schemas.attempt import Step

Place = tuple[int, int]


ENDS = frozenset({"number", "close", "percent", "fraction"})


@dataclass(frozen=True, slots=True)
class Operand:
    """A number of an expression, and where it is written: in the text, in the note, or both."""

    value: Fraction
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator (+ - * /), where it is written, and how many operands stand before it."""

    plain: str
    places: tuple[Place, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Node:
    """An equation of a step. `tokens` is its expression; `simple` where every place of it is understood."""

    step: int
    start: int
    end: int
    tokens: tuple[Token, ...]
    operands: tuple[Operand, ...]
    signs: tuple[Sign, ...]
    result: Fraction
    result_places: tuple[Place, ...]
    holds: bool | None
    simple: bool
    flat: bool
    """No brackets and no percent signs."""

    def value_with(
        self, operands: tuple[Fraction, ...], signs: tuple[str, ...] | None = None
    ) -> Fraction | None:
        """The expression's value with other operands (and operators); None where there is none."""
        numbers, plain = iter(operands), iter(signs or [s.plain for s in self.signs])
        tokens: list[Token] = []
        for at, token in enumerate(self.tokens):
            if token.kind == "number":
                tokens += _number_tokens(next(numbers))
            elif binary(self.tokens, at):
                tokens.append(Token("operator", next(plain), 0, 0))
            else:
                tokens.append(token)
        return value_of(tokens)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number outside equations. `plain` is false for 3:30, 5th, 20%, 1/2, #4 and numbers in words."""

    value: Fraction
    place: Place
    step: int
    plain: bool
    final: bool = False


@dataclass(frozen=True)
class Graph:
    """A solution read as a graph. `opaque` are the steps with an `=` or a letter that is not understood."""

    text: str
    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    mentions: tuple[Mention, ...]
    opaque: frozenset[int]
    given: tuple[Given, ...]
    explained: frozenset[Fraction]
    context: str = field(repr=False)
    """Statement and solution in lower case, to look for words of units in."""

    @cached_property
    def money(self) -> frozenset[Fraction]:
        """Results that stand after a dollar sign."""
        found = set()
        for node in self.nodes:
            start = node.result_places[-1][0]
            note = self.text.rfind("$<<", 0, start)
            noted = note >= node.start - 3 and ">>" in self.text[note:start][-2:]
            if self.text[start - 1] == "$" or noted:
                found.add(node.result)
        return frozenset(found)

    def is_money(self, value: Fraction) -> bool:
        """Whether a result is an amount in dollars, wherever the solution states it."""
        return value in self.money

    @property
    def negatives(self) -> bool:
        """Whether the solution goes below zero somewhere: it is about numbers, not about things."""
        return any(n.result < 0 for n in self.nodes)

    @property
    def commas(self) -> bool:
        """Whether thousands are separated somewhere."""
        return re.search(r"\d,\d{3}", self.text) is not None

    def step_text(self, number: int) -> str:
        """Text of one step."""
        return self.text[self.steps[number].start : self.steps[number].end]

    def is_elsewhere(self, value: Fraction, step: int | None = None) -> bool:
        """Whether a value may come from the statement, a unit or a word (of a step) instead of a result."""
        if value in self.explained or value == 1 or is_unit(value, self.context):
            return True
        text = self.text if step is None else self.step_text(step)
        return value.denominator == 1 and value.numerator in implied_by(text)

    def of_step(self, number: int) -> list[int]:
        """Indices of a step's equations."""
        return [i for i, node in enumerate(self.nodes) if node.step == number]


def binary(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token is an operator between two operands, not a sign."""
    return tokens[at].kind == "operator" and at > 0 and tokens[at - 1].kind in ENDS


def _number_tokens(value: Fraction) -> list[Token]:
    top = Token("number", str(abs(value.numerator)), 0, 0)
    if value.denominator == 1 and value >= 0:
        return [top]
    sign = [Token("operator", "-", 0, 0)] if value < 0 else []
    under = [Token("operator", "/", 0, 0), Token("number", str(value.denominator), 0, 0)]
    return [
        Token("open", "(", 0, 0),
        *sign,
        top,
        *(under if value.denominator > 1 else []),
        Token("close", ")", 0, 0),
    ]
