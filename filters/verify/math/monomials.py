"""Products of square roots and symbols: a square-free radicand and powers of symbols, in one canonical form."""

from fractions import Fraction
from math import gcd

from filters.verify.math.roots import Symbols, Undecidable, settled

Monomial = tuple[int, Symbols]
ONE: Monomial = (1, ())

MAX_POWER = 4096
"""Largest exponent of a number or symbol; the bits of a number stop most earlier."""


def product(one: Monomial, other: Monomial) -> tuple[Fraction | int, Monomial]:
    """The product as (factor, monomial)."""
    factor, radicand = _times(one[0], other[0])
    symbols = _join(one[1], other[1])
    return reduced(Fraction(factor), radicand, symbols) if symbols else (factor, (radicand, symbols))


def reduced(factor: Fraction, radicand: int, symbols: Symbols) -> tuple[Fraction, Monomial]:
    """The factor and monomial with the primes under higher roots at powers between 0 and 1."""
    if symbols and symbols[0][0].isdigit():
        factor, radicand, symbols = settled(factor, radicand, symbols)
    return factor, (radicand, symbols)


def _times(a: int, b: int) -> tuple[int, int]:
    """√a·√b as (factor, square-free radicand)."""
    common = gcd(a, b)
    sign = -1 if a < 0 and b < 0 else 1
    radicand = abs(a) * abs(b) // (common * common)
    return sign * common, -radicand if (a < 0) != (b < 0) else radicand


def _join(a: Symbols, b: Symbols) -> Symbols:
    if not a or not b:
        return a or b
    powers: dict[str, int | Fraction] = dict(a)
    for name, power in b:
        powers[name] = powers.get(name, 0) + power
    if any(not -MAX_POWER <= power <= MAX_POWER for power in powers.values()):
        raise Undecidable("exponent")
    return tuple(sorted((n, p) for n, p in powers.items() if p))
