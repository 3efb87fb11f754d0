r"""Generated pairs of answers, hard ones more often than in real data, with the truth known by construction.

    AnswerPair("fraction", "\\frac{6}{8}", "0.75", True)    AnswerPair("interval", "(2,\\infty)", "x > 2", True)

Kinds and shares follow the mix that the costs of math-verify were measured on: 34 % whole numbers, 15 %
fractions, 6 % decimals, 5 % radicals, 4 % each multiples of π, polynomials, intervals, sets and tuples,
the rest equations, inequalities, unions, matrices, text, trigonometry, complex numbers and junk. About
40 % are unequal: a small change of the value, never of the notation alone. The same seed gives the same
pairs.
"""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import NamedTuple

from bench import answer_shapes as shapes
from bench.answer_shapes import Sides
from bench.answer_spellings import dressed, fraction_spelling, number_spelling, polynomial_spelling, signed

UNEQUAL_SHARE = 0.4


class AnswerPair(NamedTuple):
    """A reference and an answer; `equal` says whether they have the same value."""

    kind: str
    reference: str
    answer: str
    equal: bool


def answer_pairs(count: int, seed: int) -> list[AnswerPair]:
    """`count` pairs in random order."""
    rng = Random(seed)
    kinds = rng.choices(list(_MAKERS), [share for share, _ in _MAKERS.values()], k=count)
    pairs: list[AnswerPair] = []
    for kind in kinds:
        equal = kind != "junk" and rng.random() >= UNEQUAL_SHARE
        reference, answer = _MAKERS[kind][1](rng, equal)
        pairs.append(AnswerPair(kind, dressed(reference, rng), dressed(answer, rng), equal))
    return pairs


def _integer(rng: Random, equal: bool) -> Sides:
    value = rng.choice([rng.randint(-20, 20), rng.randint(-999, 9999), rng.randint(1000, 10**7)])
    said = value if equal else value + rng.choice([-10, -2, -1, 1, 2, 10])
    return number_spelling(value, rng), number_spelling(said, rng)


def _fraction(rng: Random, equal: bool) -> Sides:
    value = Fraction(rng.randint(-60, 60), rng.choice([2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 25, 40]))
    said = (
        value if equal else value + rng.choice([Fraction(-1), Fraction(1), Fraction(1, 2), Fraction(-1, 3)])
    )
    return fraction_spelling(value, rng), fraction_spelling(said, rng)


def _decimal(rng: Random, equal: bool) -> Sides:
    places = rng.randint(1, 3)
    value = Fraction(rng.randint(-9999, 99999), 10**places)
    said = value if equal else value + rng.choice([-1, 1, 3])
    texts = [f"{float(value):.{places}f}", f"{float(said):.{rng.choice([places, 4])}f}"]
    return texts[0], rng.choice([texts[1], texts[1], fraction_spelling(said, rng)])


def _radical(rng: Random, equal: bool) -> Sides:
    outer, inner, divisor = rng.randint(2, 9), rng.choice([2, 3, 5, 6, 7, 10, 11]), rng.randint(1, 5)
    said = outer if equal else outer + 1
    gold = f"\\frac{{{outer}\\sqrt{{{inner}}}}}{{{divisor}}}" if divisor > 1 else f"{outer}\\sqrt{{{inner}}}"
    others = [
        f"\\frac{{\\sqrt{{{said * said * inner}}}}}{{{divisor}}}",
        f"{said}\\sqrt{inner}/{divisor}"
        if inner < 10
        else f"\\dfrac{{{said}}}{{{divisor}}}\\sqrt{{{inner}}}",
        f"\\frac{{{said * inner}}}{{{divisor}\\sqrt{{{inner}}}}}",
        f"{said}*sqrt({inner})/{divisor}",
        f"\\frac{{{said}}}{{{divisor}}}\\cdot{inner}^{{1/2}}",
    ]
    cube = f"\\sqrt[3]{{{said**3 * inner}}}"
    if rng.random() < 0.15:
        return f"{outer}\\sqrt[3]{{{inner}}}", cube
    if rng.random() < 0.15:
        return f"1+{gold}", f"{others[0]} + 1"
    return gold, rng.choice(others)


def _multiple_of_pi(rng: Random, equal: bool) -> Sides:
    top, below = rng.randint(1, 30), rng.randint(1, 12)
    said = top if equal else top + rng.choice([1, 2])
    gold = f"\\frac{{{top}\\pi}}{{{below}}}" if below > 1 else f"{top}\\pi"
    others = [f"{said}\\pi/{below}", f"\\frac{{{said}}}{{{below}}}\\pi", f"{said}π/{below}"]
    return gold, rng.choice([*others, f"\\frac{{{2 * said} \\pi}}{{{2 * below}}}"])


def _polynomial(rng: Random, equal: bool) -> Sides:
    name = rng.choice("xxxntk")
    a, b = rng.randint(1, 6), rng.randint(1, 9)
    roots = (rng.randint(-9, 9), rng.randint(-9, 9))
    product = [a, -a * (roots[0] + roots[1]), a * roots[0] * roots[1]]
    if not equal:
        product[rng.randrange(1, 3)] += b
    gold = f"{a}({name}{signed(-roots[0])})({name}{signed(-roots[1])})"
    if equal and rng.random() < 0.2:
        gold = f"\\frac{{({name}^2-{b * b})}}{{{name}-{b}}}"
        return gold, f"{name}+{b}"
    if rng.random() < 0.5:
        gold = polynomial_spelling([a, -a * (roots[0] + roots[1]), a * roots[0] * roots[1]], name, rng)
    return gold, polynomial_spelling(product, name, rng)


_MAKERS: dict[str, tuple[float, Callable[[Random, bool], Sides]]] = {
    "integer": (34, _integer),
    "fraction": (15, _fraction),
    "decimal": (6, _decimal),
    "radical": (5, _radical),
    "pi": (4, _multiple_of_pi),
    "polynomial": (4, _polynomial),
    "interval": (4, shapes.interval),
    "set": (4, shapes.set_of_numbers),
    "tuple": (4, shapes.point),
    "equation": (3, shapes.equation),
    "inequality": (3, shapes.inequality),
    "union": (2, shapes.union),
    "matrix": (3, shapes.matrix),
    "text": (2, shapes.text),
    "choice": (1, shapes.choice),
    "trigonometry": (2, shapes.trigonometry),
    "complex": (2, shapes.complex),
    "quantity": (1, shapes.quantity),
    "junk": (1, shapes.junk),
}
