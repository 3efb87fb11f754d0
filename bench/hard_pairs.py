"""Generated pairs of answers of many kinds, and texts made to cost much.

A mix like that of competition answers: a third integers, then fractions, decimals, radicals, π,
polynomials, intervals, sets, tuples, equations, matrices, trigonometry, complex numbers, words. Two in
five pairs are unequal. Same seed, same pairs.
"""

import random
from collections.abc import Callable
from math import gcd

Pair = tuple[str, str]

UNEQUAL = 0.42
"""Share of unequal pairs."""


def hard_pairs(count: int, seed: int = 7) -> list[Pair]:
    """So many (reference, answer) pairs."""
    chance = random.Random(seed)
    kinds, weights = zip(*_KINDS, strict=True)
    return [
        kind(chance, chance.random() < UNEQUAL) for kind in chance.choices(kinds, weights=weights, k=count)
    ]


def ordinary_pairs(count: int, seed: int = 11) -> list[Pair]:
    """So many pairs of integers, fractions, decimals and radicals."""
    chance = random.Random(seed)
    kinds, weights = zip(*_KINDS[:4], strict=True)
    return [
        kind(chance, chance.random() < UNEQUAL) for kind in chance.choices(kinds, weights=weights, k=count)
    ]


def _integer(chance: random.Random, unequal: bool) -> Pair:
    number = chance.randrange(-9999, 99_999)
    said = number + chance.randrange(1, 9) * unequal
    form = chance.choice(["{}", "${}$", "{:,}", "{}.", "{} \\text{{ cm}}", "x = {}"])
    return str(number), form.format(said)


def _fraction(chance: random.Random, unequal: bool) -> Pair:
    top, bottom, times = chance.randrange(1, 60), chance.randrange(2, 60), chance.choice([1, 1, 2, 3])
    other = top * times + unequal
    form = chance.choice(["\\frac{{{}}}{{{}}}", "\\dfrac{{{}}}{{{}}}", "{}/{}"])
    return f"\\frac{{{top // gcd(top, bottom)}}}{{{bottom // gcd(top, bottom)}}}", form.format(
        other, bottom * times
    )


def _decimal(chance: random.Random, unequal: bool) -> Pair:
    number = chance.randrange(1, 9999)
    return f"{number / 100}", f"{(number + 7 * unequal) / 100}0"


def _radical(chance: random.Random, unequal: bool) -> Pair:
    factor, inside = chance.randrange(2, 9), chance.choice([2, 3, 5, 6, 7])
    return f"{factor}\\sqrt{{{inside}}}", f"\\sqrt{{{factor * factor * inside + unequal}}}"


def _pi(chance: random.Random, unequal: bool) -> Pair:
    top, bottom = chance.randrange(1, 12), chance.randrange(2, 9)
    return f"\\frac{{{top}\\pi}}{{{bottom}}}", f"\\frac{{{2 * top + unequal}}}{{{2 * bottom}}}\\pi"


def _polynomial(chance: random.Random, unequal: bool) -> Pair:
    a, b = chance.randrange(1, 9), chance.randrange(1, 9)
    return f"(x+{a})(x-{b})", f"x^2{a - b:+d}x-{a * b + unequal}"


def _interval(chance: random.Random, unequal: bool) -> Pair:
    low, high = chance.randrange(-9, 0), chance.randrange(1, 9)
    shapes = [
        (f"[{low}, {high})", f"[{low},{high + unequal})"),
        (f"(-\\infty, {low}) \\cup ({high}, \\infty)", f"({high + unequal},\\infty)\\cup(-\\infty,{low})"),
        (f"{low} < x \\le {high}", f"{low}<x\\leq {high + unequal}"),
        (f"x \\ge {high}", f"[{high + unequal}, \\infty)"),
    ]
    return chance.choice(shapes)


def _set(chance: random.Random, unequal: bool) -> Pair:
    numbers = chance.sample(range(-20, 20), 3)
    said = [numbers[2] + 50 * unequal, numbers[0], numbers[1]]
    return "\\{" + ", ".join(map(str, numbers)) + "\\}", "\\{" + ",".join(map(str, said)) + "\\}"


def _tuple(chance: random.Random, unequal: bool) -> Pair:
    a, b, c = (chance.randrange(-20, 20) for _ in range(3))
    return f"({a}, {b}, \\frac{{{c}}}{{2}})", f"\\left({a}, {b + unequal}, {c / 2}\\right)"


def _equation(chance: random.Random, unequal: bool) -> Pair:
    a, b, c = (chance.randrange(2, 9) for _ in range(3))
    return f"{a}x + {b}y = {c}", chance.choice(
        [f"{b}y+{a}x-{c + unequal}=0", f"y = \\frac{{{c + unequal}-{a}x}}{{{b}}}"]
    )


def _matrix(chance: random.Random, unequal: bool) -> Pair:
    a, b, c, d = (chance.randrange(-9, 9) for _ in range(4))
    return (
        f"\\begin{{pmatrix}} {a} & {b} \\\\ {c} & {d} \\end{{pmatrix}}",
        f"\\begin{{bmatrix}}{a}&{b}\\\\{c}&{d + unequal}\\end{{bmatrix}}",
    )


def _trigonometry(chance: random.Random, unequal: bool) -> Pair:
    a = chance.randrange(1, 9)
    return chance.choice(
        [
            (f"{a}\\sin(2x)", f"{2 * a + unequal}\\sin x\\cos x"),
            (f"\\cos^2 x - \\sin^2 x + {a}", f"\\cos 2x + {a + unequal}"),
            ("\\sin \\frac{\\pi}{3}", "\\frac{\\sqrt{3}}{2}" if not unequal else "\\frac12"),
            (f"\\log_2 {2**a}", str(a + unequal)),
        ]
    )


def _complex(chance: random.Random, unequal: bool) -> Pair:
    a, b = chance.randrange(-9, 9), chance.randrange(1, 9)
    return f"{a} + {b}i", f"{b + unequal}i{a:+d}"


def _words(chance: random.Random, unequal: bool) -> Pair:
    pairs = [("\\text{Yes}", "yes"), ("\\text{(C)}", "C"), ("\\text{Tuesday}", "Tuesday"), ("12:30", "12:30")]
    reference, answer = chance.choice(pairs)
    return reference, "no" if unequal else answer


_KINDS: list[tuple[Callable[[random.Random, bool], Pair], int]] = [
    (_integer, 34),
    (_fraction, 15),
    (_decimal, 6),
    (_radical, 5),
    (_pi, 4),
    (_polynomial, 4),
    (_interval, 4),
    (_set, 4),
    (_tuple, 4),
    (_equation, 5),
    (_matrix, 4),
    (_trigonometry, 4),
    (_complex, 4),
    (_words, 3),
]

HOSTILE = (
    *("9^{9^{9^9}}", "9^9^9^9", "10^{10^{10}}", "5^(5^(5^(5^5)))", "2^{1000000007}-1", "(2^{99})^{99999}"),
    *("((9!)!)!", "10000000!", "(10^7)!", "99999!!", "\\Gamma(10^{9})", "\\frac{1000000!}{999999!}"),
    *("\\binom{1000000000}{500000000}", "\\dbinom{99999999}{4444444}", "{1000000 \\choose 500000}", "C(10^9, 5)!"),
    *("\\sum_{k=1}^{1000000000} k", "\\sum_{k=1}^{10^9} \\frac{1}{k}", "\\prod_{k=1}^{99999} k", "\\sum_{i=1}^{n} i^i"),
    *("\\int_0^1 \\sin(x^x) dx", "\\int e^{x^2} \\sin(x^3) dx", "\\int_0^{\\infty} \\frac{\\sin x}{x^{x}} dx"),
    *("\\lim_{n \\to \\infty} (1+\\frac1n)^{n^n}", "\\int\\int\\int x^y dz dy dx", "\\sqrt{" * 40 + "2" + "}" * 40),
    *("(" * 400 + "1" + ")" * 400, "{" * 2000 + "1" + "}" * 2000, "[" * 3000, "\\frac{" * 300, "\\left(" * 500 + "1"),
    *("1" * 20_000, "0." + "3" * 20_000, "1/" + "7" * 5000, "1e999999999", "-" * 5000 + "1", "1" + "+1" * 4000),
    *("x" * 5000, "x^" * 2000 + "2", "(x+1)^{999999}", "(x+y+z)^{9999}", "(a+b)^{100} (a-b)^{100}"),
    "\\sqrt[99999]{7^{99999}}",
    *("\\boxed{" * 1000, "$" * 10_000, "\\" * 10_000, "\\text{" * 500, "1," * 9000, "\\{" * 800 + "\\}" * 800),
    *("\\begin{pmatrix}" + "1 & " * 2000 + "1\\end{pmatrix}", "\\sin(" * 60 + "x" + ")" * 60),
)  # fmt: skip
"""Towers, factorials, giant binomials, sums and integrals, nests, long runs; none states a plain answer."""
