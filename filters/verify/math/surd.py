"""Exact values: sums of rationals times square roots times symbols, compared without sympy.

A value is a map from monomial to non-zero rational. A monomial is a square-free radicand (negative
for multiples of i) and powers of symbols. A symbol is a variable, π, e, ∞, a prime under a higher
root (`("2", 1/3)` is the cube root of 2) or an `Opaque` function of other values.

    3√8 - π/2   ->   {(2, ()): 6, (1, (("π", 1),)): -1/2}

Without opaque symbols such monomials are linearly independent over the rationals (π and e taken as
free), so two values are equal exactly when their maps are. With them, equal maps are equal values and
different maps say nothing: see `value_equality`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from filters.verify.math.monomials import MAX_POWER, ONE, Monomial, product, reduced
from filters.verify.math.roots import MAX_BITS, Undecidable, nth_root, square_root

MAX_TERMS = 64
"""Terms of one value: (a+b+c+d)^4 has 35, and a product costs the square of this."""

MAX_SUM_POWER = 12
"""Largest exponent of a sum, which is multiplied out."""

MAX_NAME = 600
"""Longest spelling of an opaque symbol: nested functions of sums would grow without bound."""


class Opaque(str):
    """A symbol for a function of values, spelt canonically: equal spellings are equal values."""

    function: str
    arguments: tuple["Surd", ...]

    @staticmethod
    def of(function: str, *arguments: "Surd") -> "Surd":
        """The value of the function as a symbol."""
        name = Opaque(f"{function}({'; '.join(argument.spelling() for argument in arguments)})")
        if len(name) > MAX_NAME:
            raise Undecidable("functions of functions")
        name.function, name.arguments = function, arguments
        return Surd({(1, ((name, 1),)): Fraction(1)})


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

    def names(self) -> frozenset[str]:
        """The symbols that occur, opaque ones included."""
        return frozenset(name for _, symbols in self.terms for name, _ in symbols)

    def spelling(self) -> str:
        """One text for equal maps."""
        return " + ".join(f"{factor} {monomial}" for monomial, factor in sorted(self.terms.items(), key=str))

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
                factor, monomial = product((rad_a, sym_a), (rad_b, sym_b))
                terms[monomial] = _bounded(terms.get(monomial, Fraction(0)) + fac_a * fac_b * factor)
        return Surd(_limited({m: f for m, f in terms.items() if f}))

    def inverse(self) -> "Surd":
        """One over the value: by the conjugate for a sum of two roots, else as an opaque symbol."""
        if not self.terms:
            raise Undecidable("division by zero")
        if len(self.terms) == 1:
            (((radicand, symbols), factor),) = self.terms.items()
            flipped = tuple((name, -power) for name, power in symbols)
            inverted, monomial = reduced(1 / (factor * radicand), radicand, flipped)
            return Surd({monomial: _bounded(inverted)})
        if len(self.terms) == 2 and all(not symbols for _, symbols in self.terms):
            first, second = ({m: f} for m, f in self.terms.items())
            conjugate = Surd(first) - Surd(second)
            return conjugate * (self * conjugate).inverse()
        lead = Surd({ONE: 1 / min(self.terms.items(), key=lambda term: str(term[0]))[1]})
        return lead * Opaque.of("inverse", self * lead)

    def __truediv__(self, other: "Surd") -> "Surd":
        return self * other.inverse()

    def power(self, exponent: Fraction) -> "Surd":
        """A rational power; of a sum only a whole one is multiplied out."""
        if exponent.denominator != 1:
            return self.power(Fraction(exponent.numerator)).root(exponent.denominator)
        if abs(exponent) > MAX_POWER:
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

    def root(self, degree: int = 2) -> "Surd":
        """The root of a rational number, of π or of one variable; of anything else an opaque symbol."""
        number = self.as_rational()
        if number is not None and degree == 2:
            outer, radicand = square_root(number)
            return Surd({(radicand, ()): outer}) if number else self
        if number is not None:
            factor, radicand, symbols = nth_root(number, degree)
            return Surd({(radicand, symbols): factor}) if number else self
        if degree == 2 and (simple := _denested(self)) is not None:
            return simple
        content = _content(self)
        inside = self * Surd({ONE: 1 / content})
        (radicand, symbols), *others = inside.terms
        plain = len(symbols) == 1 and (symbols[0][1] == 1 or symbols[0][0] == "π")
        if not others and radicand == 1 and inside.terms[1, symbols] == 1 and plain:
            root = Surd({(1, ((symbols[0][0], Fraction(symbols[0][1]) / degree),)): Fraction(1)})
        else:
            root = Opaque.of(f"root{degree}", inside)
        return Surd.rational(content).root(degree) * root


def _denested(value: Surd) -> Surd | None:
    """√(a + b√c) as √((a+d)/2) ± √((a-d)/2), where d = √(a² - b²c) is rational."""
    outside = value.terms.get(ONE)
    if len(value.terms) != 2 or outside is None or outside < 0:
        return None
    ((radicand, symbols), factor) = next(term for term in value.terms.items() if term[0] != ONE)
    rest = outside * outside - factor * factor * radicand
    if symbols or radicand < 0 or rest < 0:
        return None
    distance = Surd.rational(rest).root().as_rational()
    if distance is None:
        return None
    first, second = (Surd.rational((outside + sign * distance) / 2).root() for sign in (1, -1))
    return first + second if factor > 0 else first - second


def _content(value: Surd) -> Fraction:
    """The positive rational that divides every coefficient into coprime whole numbers."""
    above, below = 0, 1
    for factor in value.terms.values():
        above = gcd(above, factor.numerator)
        below = below * factor.denominator // gcd(below, factor.denominator)
    return _bounded(Fraction(above, below))


def _bounded(number: Fraction) -> Fraction:
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
        raise Undecidable("number too large")
    return number


def _limited(terms: dict[Monomial, Fraction]) -> dict[Monomial, Fraction]:
    if len(terms) > MAX_TERMS:
        raise Undecidable("too many terms")
    return terms
