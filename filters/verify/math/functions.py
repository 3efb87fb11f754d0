"""Functions of exact values: exact where that is easy, else an opaque symbol with a canonical spelling.

cos(2π/3) -> -1/2        \\log_2 8 -> 3        \\sin x -> the symbol `sin(x)`        5! -> 120
"""

from fractions import Fraction
from math import comb
from math import factorial as whole_factorial

from filters.verify.math.approximation import real_value
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Opaque, Surd

MAX_FACTORIAL = 2500
"""Largest n of n!, whose bits stay below the limit of a number."""

MAX_LOGARITHM = 512
"""Largest exponent looked for in a logarithm."""


def apply(name: str, argument: Surd) -> Surd:
    """A function of one argument; trigonometric ones of multiples of π/12 are exact."""
    if name in ("sin", "cos", "tan", "cot", "sec", "csc"):
        turn = _multiple_of_pi(argument)
        if turn is not None and (turn * 12).denominator == 1:
            return _trigonometric(name, int(turn * 12))
        return _odd_or_even(name, argument)
    if name == "exp":
        return raised(Surd.symbol("e"), argument)
    if name == "ln" and argument == Surd.symbol("e"):
        return Surd.rational(1)
    if name in ("ln", "log") and argument == Surd.rational(1):
        return Surd({})
    return Opaque.of(name, argument)


def logarithm(base: Surd, argument: Surd) -> Surd:
    """`\\log_b a`, a whole number where a is a power of b."""
    if base == Surd.symbol("e"):
        return apply("ln", argument)
    b, a = base.as_rational(), argument.as_rational()
    if b is None or a is None:
        return Opaque.of("log", base, argument)
    if b <= 0 or b == 1 or a <= 0:
        raise Undecidable("logarithm")
    power, count, inverse = Fraction(1), 0, (a < 1) != (b < 1)
    target = 1 / a if inverse else a
    while (power < target if b > 1 else power > target) and count < MAX_LOGARITHM:
        power, count = power * b, count + 1
    if power == target:
        return Surd.rational(-count if inverse else count)
    return Opaque.of("log", base, argument)


def raised(base: Surd, exponent: Surd) -> Surd:
    """A power; where the exponent is no rational number, its whole part is split off: 2^{n+1} = 2·2^n."""
    rational = exponent.as_rational()
    if rational is not None:
        if not base.terms and rational <= 0:
            raise Undecidable("0^0")
        return base.power(rational)
    turn = exponent.terms.get((-1, (("π", 1),)))
    if base == Surd.symbol("e") and len(exponent.terms) == 1 and turn and (turn * 12).denominator == 1:
        twelfths = int(turn * 12)
        return _cosine(twelfths) + Surd.symbol("i") * _cosine(6 - twelfths)
    constant = exponent.terms.get((1, ()), Fraction(0))
    whole = Fraction(constant.numerator // constant.denominator)
    return base.power(whole) * Opaque.of("power", base, exponent - Surd.rational(whole))


def absolute(value: Surd) -> Surd:
    """|value|: decided by sign for real numbers, else opaque with a canonical sign inside."""
    number = real_value(value)
    if number is not None and (abs(number) > 1e-9 or value.as_rational() == 0):
        return value if number >= 0 else -value
    lead = min(value.terms.items(), key=lambda term: str(term[0]))[1] if value.terms else Fraction(1)
    return Opaque.of("abs", value if lead > 0 else -value)


def factorial(value: Surd) -> Surd:
    """n! of a small whole number; of anything else opaque."""
    number = value.as_rational()
    if number is None:
        return Opaque.of("factorial", value)
    if number.denominator != 1 or not 0 <= number <= MAX_FACTORIAL:
        raise Undecidable("factorial")
    return Surd.rational(whole_factorial(int(number)))


def binomial(above: Surd, below: Surd) -> Surd:
    """The number of choices, of small whole numbers; of anything else opaque."""
    n, k = above.as_rational(), below.as_rational()
    if n is None or k is None:
        return Opaque.of("binomial", above, below)
    if n.denominator != 1 or k.denominator != 1 or not 0 <= n <= MAX_FACTORIAL or k < 0:
        raise Undecidable("binomial")
    return Surd.rational(comb(int(n), int(k)))


def _multiple_of_pi(value: Surd) -> Fraction | None:
    if not value.terms:
        return Fraction(0)
    return value.terms.get((1, (("π", 1),))) if len(value.terms) == 1 else None


def _trigonometric(name: str, twelfths: int) -> Surd:
    """The function of twelfths·π/12."""
    sine, cosine = _cosine(6 - twelfths), _cosine(twelfths)
    above, below = {
        "sin": (sine, None),
        "cos": (cosine, None),
        "tan": (sine, cosine),
        "cot": (cosine, sine),
        "sec": (Surd.rational(1), cosine),
        "csc": (Surd.rational(1), sine),
    }[name]
    return above if below is None else above / below


def _cosine(twelfths: int) -> Surd:
    """cos(twelfths·π/12), from its values in the first quarter of the circle."""
    angle = abs(twelfths) % 24
    angle = min(angle, 24 - angle)
    if angle > 6:
        return -_cosine(12 - angle)
    return Surd({monomial: factor for monomial, factor in _FIRST_QUARTER[angle].items() if factor})


_ONE, _TWO, _THREE, _SIX = ((number, ()) for number in (1, 2, 3, 6))
_FIRST_QUARTER = (
    {_ONE: Fraction(1)},
    {_SIX: Fraction(1, 4), _TWO: Fraction(1, 4)},
    {_THREE: Fraction(1, 2)},
    {_TWO: Fraction(1, 2)},
    {_ONE: Fraction(1, 2)},
    {_SIX: Fraction(1, 4), _TWO: Fraction(-1, 4)},
    {_ONE: Fraction(0)},
)


def _odd_or_even(name: str, argument: Surd) -> Surd:
    """sin(-x) as -sin x: the first coefficient of the argument is made positive."""
    lead = min(argument.terms.items(), key=lambda term: str(term[0]))[1]
    if lead > 0:
        return Opaque.of(name, argument)
    value = Opaque.of(name, -argument)
    return value if name in ("cos", "sec") else -value
