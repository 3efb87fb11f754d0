"""Roots of rational numbers in a canonical form: square-free radicands and primes to powers below one.

√(8/9) -> (2/3, 2)        the cube root of 24 -> 2 · 3^(1/3)
"""

from fractions import Fraction
from math import isqrt

MAX_BITS = 32768
"""Bits of a numerator or denominator; 2^2006 and 1/2004! occur in contest answers."""

MAX_RADICAND = 10**8
"""Largest number under a root: its factors are found by trial up to 10^4."""

MAX_DEGREE = 24
"""Highest root taken."""

Symbols = tuple[tuple[str, int | Fraction], ...]


class Undecidable(Exception):
    """The text is outside what is compared exactly; never a statement about equality."""


def square_root(number: Fraction) -> tuple[Fraction, int]:
    """√number as (outer, square-free radicand), negative for a multiple of i."""
    outer, radicand = _split_square(number.numerator * number.denominator)
    return Fraction(outer, number.denominator), radicand


def nth_root(number: Fraction, degree: int) -> tuple[Fraction, int, Symbols]:
    """The real root as a rational, a radicand and powers of primes between 0 and 1."""
    if not 2 <= degree <= MAX_DEGREE or (number < 0 and degree % 2 == 0):
        raise Undecidable("root")
    factor, powers = Fraction(1 if number >= 0 else -1), dict[int, Fraction]()
    for part, sign in ((abs(number.numerator), 1), (number.denominator, -1)):
        whole = _whole_root(part, degree)
        if whole is not None:
            factor *= Fraction(whole) ** sign
            continue
        for prime, count in _factors(part).items():
            powers[prime] = powers.get(prime, Fraction(0)) + Fraction(sign * count, degree)
    return settled(factor, 1, tuple((str(prime), power) for prime, power in sorted(powers.items())))


def settled(factor: Fraction, radicand: int, symbols: Symbols) -> tuple[Fraction, int, Symbols]:
    """Primes among the symbols brought to powers between 0 and 1, a half being the radicand's."""
    kept: list[tuple[str, int | Fraction]] = []
    for name, power in symbols:
        if not name.isdigit():
            kept.append((name, power))
            continue
        prime, rest = int(name), Fraction(power)
        if radicand % prime == 0:
            radicand, rest = radicand // prime, rest + Fraction(1, 2)
        whole = rest.numerator // rest.denominator
        factor, rest = factor * Fraction(prime) ** whole, rest - whole
        if rest == Fraction(1, 2):
            radicand *= prime
        elif rest:
            kept.append((name, rest))
    return factor, radicand, tuple(kept)


def _whole_root(number: int, degree: int) -> int | None:
    """The exact whole root, by bisection."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**degree <= number:
            low = middle
        else:
            high = middle - 1
    return low if low**degree == number else None


def _factors(number: int) -> dict[int, int]:
    if number > MAX_RADICAND:
        raise Undecidable("radicand")
    counts: dict[int, int] = {}
    prime = 2
    while prime * prime <= number:
        while number % prime == 0:
            number //= prime
            counts[prime] = counts.get(prime, 0) + 1
        prime += 1
    if number > 1:
        counts[number] = counts.get(number, 0) + 1
    return counts


def _split_square(number: int) -> tuple[int, int]:
    """√number as (outer, square-free radicand)."""
    outer, rest = 1, abs(number)
    whole = isqrt(rest)
    if whole * whole == rest:
        outer, rest = whole, 1
    elif rest > MAX_RADICAND:
        raise Undecidable("radicand")
    factor = 2
    while factor * factor <= rest:
        while rest % (factor * factor) == 0:
            rest //= factor * factor
            outer *= factor
        factor += 1
    return outer, rest if number > 0 else -rest
