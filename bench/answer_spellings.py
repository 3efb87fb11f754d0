r"""One value in the many notations that answers have: `\dfrac{3}{4}`, `0.75`, `3/4`, `$\frac34$`."""

from fractions import Fraction
from random import Random


def dressed(text: str, rng: Random) -> str:
    """The text, sometimes with delimiters, spaces or a trailing point."""
    roll = rng.random()
    if roll < 0.10:
        return f"${text}$"
    if roll < 0.13:
        return f"\\( {text} \\)"
    if roll < 0.15:
        return f"\\boxed{{{text}}}"
    return f"{text}." if roll < 0.18 and text[-1].isdigit() else text


def signed(number: int) -> str:
    """The number with its sign, as in the middle of a sum."""
    return f"+{number}" if number >= 0 else str(number)


def number_spelling(value: int, rng: Random) -> str:
    """A whole number, with or without separators."""
    spellings = [str(value)] * 4 + [f"{value:,}", f"{value:,}".replace(",", ",\\!"), f"{value}.0"]
    return rng.choice(spellings)


def fraction_spelling(value: Fraction, rng: Random) -> str:
    """A fraction in LaTeX, plain text, as a decimal where that is exact, or as a mixed number."""
    top, below = abs(value.numerator), value.denominator
    sign = "-" if value < 0 else ""
    if below == 1:
        return f"{sign}{top}"
    spellings = [f"{sign}\\{name}{{{top}}}{{{below}}}" for name in ("frac", "dfrac", "tfrac", "frac")]
    spellings += [f"{sign}{top}/{below}", f"\\frac{{{sign}{3 * top}}}{{{3 * below}}}"]
    if 10000 % below == 0:
        spellings.append(f"{float(value):.4f}".rstrip("0"))
    if top > below and value > 0:
        spellings.append(f"{top // below}\\frac{{{top % below}}}{{{below}}}")
    if top < 10 and below < 10:
        spellings.append(f"{sign}\\frac{top}{below}")
    return rng.choice(spellings)


def polynomial_spelling(coefficients: list[int], name: str, rng: Random) -> str:
    """A sum of powers of one variable, highest coefficient first or last."""
    degree = len(coefficients) - 1
    terms: list[str] = []
    for place, factor in enumerate(coefficients):
        power = degree - place
        if not factor:
            continue
        symbol = "" if power == 0 else name if power == 1 else f"{name}^{{{power}}}"
        size = "" if abs(factor) == 1 and power else str(abs(factor))
        terms.append(f"{'-' if factor < 0 else '+'} {size}{symbol}")
    if rng.random() < 0.3:
        terms.reverse()
    return " ".join(terms).removeprefix("+ ") or "0"
