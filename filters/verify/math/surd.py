"""Exact values: sums of rationals times square roots times symbols, compared without sympy.

A value is a map from monomial to non-zero rational. A monomial is a square-free radicand (negative
for multiples of i) and powers of symbols (variables, π, e, ∞). Such monomials are linearly
independent over the rationals, so two values are equal exactly when their maps are.

    3√8 - π/2   ->   {(2, ()): 6, (1, (("π", 1),)): -1/2}

Not covered: roots of sums, division by sums with symbols, functions. Those raise `Undecidable`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt, pi

MAX_TERMS = 64
"""Terms of one value: (a+b+c+d)^4 has 35, and a product costs the square of this."""

MAX_BITS = 8192
"""Bits of a numerator or denominator; 2^2006 occurs in contest answers."""

MAX_POWER = 4096
"""Largest exponent of a number; MAX_BITS stops most earlier."""

MAX_SUM_POWER = 12
"""Largest exponent of a sum, which is multiplied out."""

MAX_RADICAND = 10**8
"""Largest number under a root: its square factors are found by trial up to 10^4."""

Symbols = tuple[tuple[str, int], ...]
Monomial = tuple[int, Symbols]
ONE: Monomial = (1, ())


class Undecidable(Exception):
    """The text is outside what is compared exactly; never a statement about equality."""


@dataclass(frozen=True, slots=True)
class Surd:
    """A sum of monomials; `terms` never holds a zero coefficient."""

    terms: Mapping[Monomial, Fraction]

    @staticmethod
    def rational(number: Fraction | int) -> "Surd":
        """A rational number."""
        return Surd({ONE: _bounded(Fraction(number))} if number else {})

    @staticmethod
    def symbol(name: str) -> "Surd":
        """A variable or named constant; `i` is the imaginary unit."""
        return Surd({(-1, ()) if name == "i" else (1, ((name, 1),)): Fraction(1)})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Surd) and dict(self.terms) == dict(other.terms)

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def as_rational(self) -> Fraction | None:
        """The value as a fraction where it is one."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(ONE) if len(self.terms) == 1 else None

    def approximate(self) -> float | None:
        """A float where the value is a real number without free symbols."""
        total = 0.0
        for (radicand, symbols), factor in self.terms.items():
            if radicand < 0 or any(name != "π" for name, _ in symbols):
                return None
            try:
                power = sum(exponent for _, exponent in symbols)
                total += float(factor) * float(radicand) ** 0.5 * pi**power
            except OverflowError:
                return None
        return total

    def __add__(self, other: "Surd") -> "Surd":
        terms = dict(self.terms)
        for monomial, factor in other.terms.items():
            terms[monomial] = _bounded(terms.get(monomial, Fraction(0)) + factor)
        return Surd(_limited({m: f for m, f in terms.items() if f}))

    def __neg__(self) -> "Surd":
        return Surd({m: -f for m, f in self.terms.items()})

    def __sub__(self, other: "Surd") -> "Surd":
        return self + -other

    def __mul__(self, other: "Surd") -> "Surd":
        terms: dict[Monomial, Fraction] = {}
        for (rad_a, sym_a), fac_a in self.terms.items():
            for (rad_b, sym_b), fac_b in other.terms.items():
                factor, radicand = _times(rad_a, rad_b)
                monomial = (radicand, _join(sym_a, sym_b))
                terms[monomial] = _bounded(terms.get(monomial, Fraction(0)) + fac_a * fac_b * factor)
        return Surd(_limited({m: f for m, f in terms.items() if f}))

    def inverse(self) -> "Surd":
        """One over the value; sums only where they are of two numbers (by the conjugate)."""
        if not self.terms:
            raise Undecidable("division by zero")
        if len(self.terms) == 1:
            (((radicand, symbols), factor),) = self.terms.items()
            flipped = tuple((name, -power) for name, power in symbols)
            return Surd({(radicand, flipped): _bounded(1 / (factor * radicand))})
        if len(self.terms) == 2 and all(not symbols for _, symbols in self.terms):
            first, second = ({m: f} for m, f in self.terms.items())
            conjugate = Surd(first) - Surd(second)
            return conjugate * (self * conjugate).inverse()
        raise Undecidable("division by a sum")

    def __truediv__(self, other: "Surd") -> "Surd":
        return self * other.inverse()

    def power(self, exponent: Fraction) -> "Surd":
        """A whole power, or the square root of a non-negative rational's power."""
        if exponent.denominator == 2:
            return self.power(Fraction(exponent.numerator)).root()
        if exponent.denominator != 1 or abs(exponent) > MAX_POWER:
            raise Undecidable("exponent")
        base = self if exponent >= 0 else self.inverse()
        count = abs(exponent.numerator)
        if len(self.terms) > 1 and count > MAX_SUM_POWER:
            raise Undecidable("power of a sum")
        result = Surd.rational(1)
        while count:
            if count & 1:
                result = result * base
            count >>= 1
            if count:
                base = base * base
        return result

    def root(self) -> "Surd":
        """The square root of a rational number, negative ones included."""
        number = self.as_rational()
        if number is None:
            raise Undecidable("root of a sum or symbol")
        square = number.numerator * number.denominator
        if square == 0:
            return self
        outer, radicand = _split_square(square)
        return Surd({(radicand, ()): Fraction(outer, number.denominator)})


def _bounded(number: Fraction) -> Fraction:
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
        raise Undecidable("number too large")
    return number


def _limited(terms: dict[Monomial, Fraction]) -> dict[Monomial, Fraction]:
    if len(terms) > MAX_TERMS:
        raise Undecidable("too many terms")
    return terms


def _times(a: int, b: int) -> tuple[int, int]:
    """√a·√b as (factor, square-free radicand)."""
    common = gcd(a, b)
    sign = -1 if a < 0 and b < 0 else 1
    radicand = abs(a) * abs(b) // (common * common)
    return sign * common, -radicand if (a < 0) != (b < 0) else radicand


def _join(a: Symbols, b: Symbols) -> Symbols:
    if not a or not b:
        return a or b
    powers = dict(a)
    for name, power in b:
        powers[name] = powers.get(name, 0) + power
    if any(abs(power) > MAX_POWER for power in powers.values()):
        raise Undecidable("exponent")
    return tuple(sorted((n, p) for n, p in powers.items() if p))


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
