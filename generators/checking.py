"""Checks made of a solution's own equations, each tested by another computation than its own.

    >>> recheck("12 * 7 = 84. 84 - 9 = 75.", random.Random(1)).sentences
    ('12 * 7 = 84 holds, because 84 / 7 = 12.', 'To test 84 - 9 = 75: 75 + 9 = 84. It holds.')

This is the confirmative verification of S2R (arXiv 2502.12853: check by other means, do not solve again)
as far as arithmetic goes: the inverse operation, another order, the pieces one at a time, an estimate.
It ends before the first false equation, which is given besides. Every equation in a sentence is true.

Not tested, and so not spoken of: rounded results, percentages, fractions, brackets, variables.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from filters.verify.arithmetic import number_value, tokens_of
from filters.verify.equations import Equation, equations
from generators.prompts import rechecks as texts

_MOST_TERMS = 5
"""Longer expressions make a check longer than the work it checks."""
_ROUNDED = 13
"""Factors from here on are worth rounding for an estimate."""
_CLOSE = Fraction(1, 4)
"""How far an estimate may be off, as a share of the result."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Sentences on equations that hold, the first that does not, whether all were tested, and results tested."""

    sentences: tuple[str, ...]
    false: Equation | None
    whole: bool
    results: frozenset[Fraction]


def recheck(text: str, rng: random.Random, most: int = 3, answer: Fraction | None = None) -> Recheck:
    """Test up to `most` equations of the text, in order; always the last, or the last that gives the answer."""
    stated = list({(e.left, e.stated): e for e in equations(text)}.values())
    false = next((e for e in stated if e.holds is False), None)
    before = stated[: stated.index(false)] if false else stated
    tested = [(e, way) for e in before for way in [_way(e, rng)] if way]
    chosen = tested
    if len(tested) > most:
        giving = [n for n, (e, _) in enumerate(tested) if e.stated_value == answer]
        always = giving[-1] if giving else len(tested) - 1
        others = rng.sample([n for n in range(len(tested)) if n != always], most - 1)
        chosen = [tested[n] for n in sorted([*others, always])]
    results = frozenset(e.stated_value for e, _ in chosen)
    return Recheck(_said(chosen, rng), false, len(tested) == len(before), results)


def _said(tested: Sequence[tuple[Equation, "_Way"]], rng: random.Random) -> tuple[str, ...]:
    """A sentence for each, no phrasing twice."""
    sentences: list[str] = []
    used: set[str] = set()
    for equation, way in tested:
        pool = [t for t in (texts.NEAR if way.rough else texts.HOLDS) if t not in used]
        template = rng.choice(pool)
        used.add(template)
        stated = f"{equation.left} = {equation.stated}"
        sentences.append(template.format(equation=stated, check=way.check))
    return tuple(sentences)


@dataclass(frozen=True, slots=True)
class _Way:
    check: str
    rough: bool = False


def _way(equation: Equation, rng: random.Random) -> _Way | None:
    """Another computation that bears the equation out; None where there is none that a person would write."""
    if equation.holds is not True or equation.left_value != equation.stated_value:
        return None
    terms = _terms(equation.left)
    if terms is None or _decimal(equation.stated_value) is None:
        return None
    numbers, signs = terms
    ways = [_Way(check) for check in _checks(numbers, signs, equation.stated_value)]
    estimate = _estimate(numbers, signs, equation.stated_value)
    ways += [_Way(estimate, rough=True)] if estimate else []
    return rng.choice(ways) if ways else None


def _terms(expression: str) -> tuple[list[Fraction], list[str]] | None:
    """Numbers and the signs between them; None where there is more in it (brackets, fractions, percent)."""
    numbers: list[Fraction] = []
    signs: list[str] = []
    minus = False
    for token in (t for t in tokens_of(expression) if t.kind != "skip"):
        expects_number = len(numbers) == len(signs)
        if token.kind == "number" and expects_number:
            numbers.append(-number_value(token) if minus else number_value(token))
            minus = False
        elif token.kind == "operator" and not expects_number:
            signs.append(token.text)
        elif token.text == "-" and not numbers and not minus:
            minus = True
        else:
            return None
    fits = len(numbers) == len(signs) + 1 and 2 <= len(numbers) <= _MOST_TERMS
    return (numbers, signs) if fits and all(n != 0 for n in numbers) else None


def _checks(numbers: list[Fraction], signs: list[str], result: Fraction) -> Iterator[str]:
    if len(numbers) == 2:
        yield from _inverse(numbers[0], signs[0], numbers[1], result)
    elif set(signs) == {"+"} or set(signs) == {"*"}:
        if numbers != numbers[::-1]:
            yield f" {signs[0]} ".join(map(_shown, numbers[::-1])) + f" = {_decimal(result)}"
    else:
        pieces = _pieces(list(numbers), list(signs))
        if pieces:
            yield f"{', '.join(pieces[:-1])} and {pieces[-1]}"


def _inverse(a: Fraction, sign: str, b: Fraction, c: Fraction) -> Iterator[str]:
    """What must hold where `a sign b = c` does: by the inverse operation."""
    if sign == "+":
        yield _equation(c, "-", b, a)
        yield _equation(c, "-", a, b)
    elif sign == "-":
        yield _equation(c, "+", b, a)
    elif sign == "*":
        yield _equation(c, "/", b, a)
        yield _equation(c, "/", a, b)
    elif sign == "/":
        yield _equation(c, "*", b, a)


def _pieces(numbers: list[Fraction], signs: list[str]) -> list[str]:
    """The expression one operation at a time, products first; empty where a piece is no short number."""
    pieces: list[str] = []
    while signs:
        at = next((i for i, s in enumerate(signs) if s in "*/"), 0)
        a, sign, b = numbers[at], signs[at], numbers[at + 1]
        if sign == "/" and b == 0:
            return []
        value = {"+": a + b, "-": a - b, "*": a * b}[sign] if sign != "/" else a / b
        if _decimal(value) is None:
            return []
        pieces.append(_equation(a, sign, b, value))
        numbers[at : at + 2] = [value]
        del signs[at]
    return pieces


def _estimate(numbers: list[Fraction], signs: list[str], result: Fraction) -> str | None:
    """Both factors rounded to one digit, where that is a rounding and comes near."""
    if signs != ["*"] or not all(n.denominator == 1 and n >= _ROUNDED for n in numbers):
        return None
    rounded = [Fraction(round(int(n), 1 - len(str(int(n))))) for n in numbers]
    near = rounded[0] * rounded[1]
    if rounded == numbers or abs(near - result) > result * _CLOSE or near == result:
        return None
    return _equation(rounded[0], "*", rounded[1], near)


def _equation(a: Fraction, sign: str, b: Fraction, c: Fraction) -> str:
    return f"{_decimal(a)} {sign} {_shown(b)} = {_decimal(c)}"


def _shown(value: Fraction) -> str:
    """A number behind a sign."""
    return f"({_decimal(value)})" if value < 0 else str(_decimal(value))


def _decimal(value: Fraction) -> str | None:
    """The number in decimals; None where more than four would be needed."""
    if (value * 10_000).denominator != 1:
        return None
    if value.denominator == 1:
        return str(value.numerator)
    return f"{'-' if value < 0 else ''}{float(abs(value)):.4f}".rstrip("0")
