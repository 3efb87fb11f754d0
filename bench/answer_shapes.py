"""Makers of answer pairs that are more than one number: intervals, equations, matrices, text."""

from fractions import Fraction
from random import Random

from bench.answer_spellings import fraction_spelling, signed

Sides = tuple[str, str]
"""A reference and an answer that is unequal where the maker was asked for that."""


def _ends(rng: Random) -> tuple[int, int]:
    low = rng.randint(-20, 15)
    return low, low + rng.randint(1, 20)


def interval(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `interval`."""
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


def set_of_numbers(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `set`."""
    members = rng.sample(range(-20, 20), rng.randint(2, 4))
    said = rng.sample(members, len(members))
    if not equal:
        said[0] = 50
    gold, inner = ",".join(map(str, members)), ", ".join(map(str, said))
    if len(said) == 2 and rng.random() < 0.4:
        return f"x={members[0]}, x={members[1]}", f"x = {said[0]} \\text{{ or }} x = {said[1]}"
    return f"\\{{{gold}\\}}", rng.choice([f"\\{{{inner}\\}}", f"\\left\\{{{inner}\\right\\}}"])


def point(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `tuple`."""
    members = [Fraction(rng.randint(-20, 20), rng.choice([1, 1, 2, 3])) for _ in range(rng.randint(2, 3))]
    said = list(members)
    if not equal:
        said[rng.randrange(len(said))] += 1
    gold, other = (", ".join(fraction_spelling(value, rng) for value in side) for side in (members, said))
    return f"({gold})", rng.choice([f"({other})", f"\\left( {other} \\right)"])


def equation(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `equation`."""
    slope, offset = rng.randint(2, 9), rng.randint(1, 9)
    said = offset if equal else offset + 1
    gold = f"y = {slope}x + {offset}"
    others = [f"{slope}x - y + {said} = 0", f"y - {slope}x = {said}", f"{2 * slope}x - 2y = {-2 * said}"]
    if rng.random() < 0.3:
        return f"x = {slope}", str(slope if equal else slope + 1)
    return gold, rng.choice([*others, f"y={said}+{slope}x"])


def inequality(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `inequality`."""
    low, _ = _ends(rng)
    said = low if equal else low + 1
    others = [f"{said} < x", f"({said}, \\infty)", f"x>{said}", f"-x < {-said}", f"x \\in ({said},\\infty)"]
    return f"x > {low}", rng.choice(others)


def union(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `union`."""
    low, high = _ends(rng)
    said = high if equal else high + 1
    gold = f"(-\\infty, {low}) \\cup [{high}, \\infty)"
    others = [f"[{said},\\infty)\\cup(-\\infty,{low})", f"x < {low} \\text{{ or }} x \\ge {said}"]
    return gold, rng.choice([*others, f"(-∞,{low}) ∪ [{said},∞)"])


def matrix(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `matrix`."""
    rows = [[rng.randint(-9, 9) for _ in range(2)] for _ in range(2)]
    gold = " \\\\ ".join(" & ".join(map(str, row)) for row in rows)
    if not equal:
        rows[rng.randrange(2)][rng.randrange(2)] += 1
    said = "\\\\".join("&".join(map(str, row)) for row in rows)
    others = [f"\\begin{{{name}}}{said}\\end{{{name}}}" for name in ("pmatrix", "bmatrix")]
    array = f"\\left(\\begin{{array}}{{cc}}{said}\\end{{array}}\\right)"
    return f"\\begin{{pmatrix}}{gold}\\end{{pmatrix}}", rng.choice([*others, array])


def text(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `text`."""
    words = ["east", "Evelyn", "ellipse", "even", "odd", "hyperbola", "Monday", "yes", "no"]
    gold, other = rng.sample(words, 2)
    said = gold if equal else other
    return f"\\text{{{gold}}}", rng.choice([said, said.lower(), f"\\text{{{said}}}", f"\\mathrm{{{said}}}"])


def choice(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `choice`."""
    gold, other = rng.sample("ABCDE", 2)
    said = gold if equal else other
    return f"\\text{{({gold})}}", rng.choice([f"({said})", said, f"\\text{{{said}}}"])


def trigonometry(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `trigonometry`."""
    known = [("\\sin \\frac{\\pi}{6}", "1/2"), ("\\cos\\frac{\\pi}{4}", "\\frac{\\sqrt2}{2}")]
    known += [("\\tan 60^\\circ", "\\sqrt{3}"), ("\\cos 120^\\circ", "-\\frac12")]
    if rng.random() < 0.5:
        gold, said = rng.choice(known)
        return gold, said if equal else f"{said}+1"
    number = rng.randint(2, 9)
    other = number if equal else number + 1
    function = rng.choice(["\\sin", "\\cos", "\\tan", "\\cot"])
    return f"{number}{function} x", rng.choice([f"{other} {function}(x)", f"{other}\\cdot {function}{{x}}"])


def complex(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `complex`."""
    real, imaginary = rng.randint(-9, 9), rng.randint(1, 9)
    said = imaginary if equal else imaginary + 1
    return f"{real}{signed(imaginary)}i", rng.choice([f"{real} + {said} i", f"{said}i{signed(real)}"])


def quantity(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `quantity`."""
    value = rng.randint(2, 900)
    said = value if equal else value + 7
    spellings = ["{}\\%", "\\${}", "{} \\text{{ cm}}", "{}^\\circ", "{} \\text{{ square units}}"]
    spelling = rng.choice(spellings)
    return spelling.format(value), rng.choice([spelling.format(said), str(said)])


def junk(rng: Random, equal: bool) -> Sides:
    """A pair of the kind `junk`."""
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
