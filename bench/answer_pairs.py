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

from bench.answer_spellings import dressed, fraction_spelling, number_spelling, polynomial_spelling, signed

UNEQUAL_SHARE = 0.4


class AnswerPair(NamedTuple):
    """A reference and an answer; `equal` says whether they have the same value."""

    kind: str
    reference: str
    answer: str
    equal: bool


Sides = tuple[str, str]
"""A reference and an answer that is unequal where the maker was asked for that."""


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
    said = value if equal else value + rng.choice([-1, 1, Fraction(1, 2), Fraction(-1, 3)])
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


def _ends(rng: Random) -> tuple[int, int]:
    low = rng.randint(-20, 15)
    return low, low + rng.randint(1, 20)


def _interval(rng: Random, equal: bool) -> Sides:
    low, high = _ends(rng)
    opening, closing = rng.choice("(["), rng.choice(")]")
    said_low, said_closing = (
        (low, closing) if equal else rng.choice([(low - 1, closing), (low, "])"[closing == "]"])])
    )
    gold = f"{opening}{low},{high}{closing}"
    less = {"(": "<", "[": "\\le", ")": "<", "]": "\\leq"}
    if rng.random() < 0.2:
        said = f"{opening}{low if equal else low + 1}, \\infty)"
        return f"\\left{opening}{low},\\infty\\right)", said
    relation = f"{said_low} {less[opening]} x {less[said_closing]} {high}"
    said = f"\\left{opening}{said_low}, {high}\\right{said_closing}"
    return gold, rng.choice([said, said, f"x \\in {said}", relation])


def _set(rng: Random, equal: bool) -> Sides:
    members = rng.sample(range(-20, 20), rng.randint(2, 4))
    said = rng.sample(members, len(members))
    if not equal:
        said[0] = 50
    gold, inner = ",".join(map(str, members)), ", ".join(map(str, said))
    if len(said) == 2 and rng.random() < 0.4:
        return f"x={members[0]}, x={members[1]}", f"x = {said[0]} \\text{{ or }} x = {said[1]}"
    return f"\\{{{gold}\\}}", rng.choice([f"\\{{{inner}\\}}", f"\\left\\{{{inner}\\right\\}}"])


def _tuple(rng: Random, equal: bool) -> Sides:
    members = [Fraction(rng.randint(-20, 20), rng.choice([1, 1, 2, 3])) for _ in range(rng.randint(2, 3))]
    said = list(members)
    if not equal:
        said[rng.randrange(len(said))] += 1
    gold, other = (", ".join(fraction_spelling(value, rng) for value in side) for side in (members, said))
    return f"({gold})", rng.choice([f"({other})", f"\\left( {other} \\right)"])


def _equation(rng: Random, equal: bool) -> Sides:
    slope, offset = rng.randint(2, 9), rng.randint(1, 9)
    said = offset if equal else offset + 1
    gold = f"y = {slope}x + {offset}"
    others = [f"{slope}x - y + {said} = 0", f"y - {slope}x = {said}", f"{2 * slope}x - 2y = {-2 * said}"]
    if rng.random() < 0.3:
        return f"x = {slope}", str(slope if equal else slope + 1)
    return gold, rng.choice([*others, f"y={said}+{slope}x"])


def _inequality(rng: Random, equal: bool) -> Sides:
    low, _ = _ends(rng)
    said = low if equal else low + 1
    others = [f"{said} < x", f"({said}, \\infty)", f"x>{said}", f"-x < {-said}", f"x \\in ({said},\\infty)"]
    return f"x > {low}", rng.choice(others)


def _union(rng: Random, equal: bool) -> Sides:
    low, high = _ends(rng)
    said = high if equal else high + 1
    gold = f"(-\\infty, {low}) \\cup [{high}, \\infty)"
    others = [f"[{said},\\infty)\\cup(-\\infty,{low})", f"x < {low} \\text{{ or }} x \\ge {said}"]
    return gold, rng.choice([*others, f"(-∞,{low}) ∪ [{said},∞)"])


def _matrix(rng: Random, equal: bool) -> Sides:
    rows = [[rng.randint(-9, 9) for _ in range(2)] for _ in range(2)]
    gold = " \\\\ ".join(" & ".join(map(str, row)) for row in rows)
    if not equal:
        rows[rng.randrange(2)][rng.randrange(2)] += 1
    said = "\\\\".join("&".join(map(str, row)) for row in rows)
    others = [f"\\begin{{{name}}}{said}\\end{{{name}}}" for name in ("pmatrix", "bmatrix")]
    array = f"\\left(\\begin{{array}}{{cc}}{said}\\end{{array}}\\right)"
    return f"\\begin{{pmatrix}}{gold}\\end{{pmatrix}}", rng.choice([*others, array])


def _text(rng: Random, equal: bool) -> Sides:
    words = ["east", "Evelyn", "ellipse", "even", "odd", "hyperbola", "Monday", "yes", "no"]
    gold, other = rng.sample(words, 2)
    said = gold if equal else other
    return f"\\text{{{gold}}}", rng.choice([said, said.lower(), f"\\text{{{said}}}", f"\\mathrm{{{said}}}"])


def _choice(rng: Random, equal: bool) -> Sides:
    gold, other = rng.sample("ABCDE", 2)
    said = gold if equal else other
    return f"\\text{{({gold})}}", rng.choice([f"({said})", said, f"\\text{{{said}}}"])


def _trigonometry(rng: Random, equal: bool) -> Sides:
    known = [("\\sin \\frac{\\pi}{6}", "1/2"), ("\\cos\\frac{\\pi}{4}", "\\frac{\\sqrt2}{2}")]
    known += [("\\tan 60^\\circ", "\\sqrt{3}"), ("\\cos 120^\\circ", "-\\frac12")]
    if rng.random() < 0.5:
        gold, said = rng.choice(known)
        return gold, said if equal else f"{said}+1"
    number = rng.randint(2, 9)
    said = number if equal else number + 1
    function = rng.choice(["\\sin", "\\cos", "\\tan", "\\cot"])
    return f"{number}{function} x", rng.choice([f"{said} {function}(x)", f"{said}\\cdot {function}{{x}}"])


def _complex(rng: Random, equal: bool) -> Sides:
    real, imaginary = rng.randint(-9, 9), rng.randint(1, 9)
    said = imaginary if equal else imaginary + 1
    return f"{real}{signed(imaginary)}i", rng.choice([f"{real} + {said} i", f"{said}i{signed(real)}"])


def _quantity(rng: Random, equal: bool) -> Sides:
    value = rng.randint(2, 900)
    said = value if equal else value + 7
    spellings = ["{}\\%", "\\${}", "{} \\text{{ cm}}", "{}^\\circ", "{} \\text{{ square units}}"]
    spelling = rng.choice(spellings)
    return spelling.format(value), rng.choice([spelling.format(said), str(said)])


def _junk(rng: Random, equal: bool) -> Sides:
    del equal  # never is
    junk = [
        "I cannot",
        "\\frac{1}{",
        "x=",
        "\\sqrt{}",
        "None of these",
        "???",
        "1,2,\\ldots,n",
        "}{",
        "\\boxed{",
    ]
    return str(rng.randint(2, 900)), rng.choice(junk)


_MAKERS: dict[str, tuple[float, Callable[[Random, bool], Sides]]] = {
    "integer": (34, _integer),
    "fraction": (15, _fraction),
    "decimal": (6, _decimal),
    "radical": (5, _radical),
    "pi": (4, _multiple_of_pi),
    "polynomial": (4, _polynomial),
    "interval": (4, _interval),
    "set": (4, _set),
    "tuple": (4, _tuple),
    "equation": (3, _equation),
    "inequality": (3, _inequality),
    "union": (2, _union),
    "matrix": (3, _matrix),
    "text": (2, _text),
    "choice": (1, _choice),
    "trigonometry": (2, _trigonometry),
    "complex": (2, _complex),
    "quantity": (1, _quantity),
    "junk": (1, _junk),
}
