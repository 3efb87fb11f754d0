"""Expressions with products and brackets, worked by precedence: brackets, products, then sums.

Example: "Evaluate 7 * 8 - (4 + 9) * 2." has the steps `4 + 9 = 13`, `7 * 8 = 56`, `13 * 2 = 26`
and `56 - 26 = 30`. Brackets are never negative, so a minus sign never stands after an operator.
"""

import random
from dataclasses import dataclass

from generators.procedural.size import Size
from generators.procedural.worked import Worked, apply, equation

ASKING = ("Evaluate {}.", "Compute {}.", "What is {}?", "Work out {}.", "Find the value of {}.")


@dataclass(frozen=True, slots=True)
class _Term:
    """One summand: its text, its value, and its steps by precedence."""

    text: str
    value: int
    brackets: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    @property
    def operations(self) -> int:
        return len(self.brackets) + len(self.products)


def make(rng: random.Random, size: Size) -> Worked:
    """One expression: at least one product, and as many operations as steps are wanted."""
    wanted = rng.randint(*size.steps)
    terms = [_bracket_product(rng, size) if wanted == 2 and rng.random() < 0.5 else _product(rng, size)]
    left = wanted - terms[0].operations
    while left > 0:
        terms.append(_term(rng, size, left - 1))
        left -= 1 + terms[-1].operations
    rng.shuffle(terms)
    return _join(rng, terms)


def _term(rng: random.Random, size: Size, most: int) -> _Term:
    """A summand of at most so many operations."""
    kind = rng.randint(0, min(most, 2))
    if kind == 0:
        number = rng.randint(1, size.largest)
        return _Term(str(number), number)
    if kind == 1:
        return rng.choice([_product, _bracket])(rng, size)
    return _bracket_product(rng, size)


def _product(rng: random.Random, size: Size) -> _Term:
    left, right = rng.randint(2, size.factor), rng.randint(2, size.factor)
    return _Term(f"{left} * {right}", left * right, products=(equation(left, "*", right),))


def _bracket(rng: random.Random, size: Size) -> _Term:
    operator = rng.choice("+-")
    left, right = rng.randint(1, size.largest), rng.randint(1, size.largest)
    if operator == "-":
        left, right = max(left, right), min(left, right)
    inside = equation(left, operator, right)
    return _Term(f"({left} {operator} {right})", apply(left, operator, right), (inside,))


def _bracket_product(rng: random.Random, size: Size) -> _Term:
    """`(a + b) * c` or `c * (a - b)`, where the bracket's value is at most `factor`."""
    value, other = rng.randint(2, size.factor), rng.randint(2, size.factor)
    if rng.random() < 0.5:
        first = rng.randint(1, value - 1)
        inside = (first, "+", value - first)
    else:
        taken = rng.randint(1, size.largest)
        inside = (value + taken, "-", taken)
    bracket = f"({inside[0]} {inside[1]} {inside[2]})"
    if rng.random() < 0.5:
        text, product = f"{bracket} * {other}", equation(value, "*", other)
    else:
        text, product = f"{other} * {bracket}", equation(other, "*", value)
    return _Term(text, value * other, (equation(*inside),), (product,))


def _join(rng: random.Random, terms: list[_Term]) -> Worked:
    """Join summands by plus and minus, and collect the steps in order of precedence."""
    text, total = terms[0].text, terms[0].value
    sums = []
    for term in terms[1:]:
        operator = rng.choice("+-")
        text += f" {operator} {term.text}"
        sums.append(equation(total, operator, term.value))
        total = apply(total, operator, term.value)
    brackets = [step for term in terms for step in term.brackets]
    products = [step for term in terms for step in term.products]
    return Worked(rng.choice(ASKING).format(text), (*brackets, *products, *sums), total)
