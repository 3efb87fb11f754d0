"""Whether two values are equal: exactly by their maps, across denominators, else by their difference."""

from fractions import Fraction

from filters.verify.math.approximation import surely_differ
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Opaque, Surd

_INFINITY = Surd.symbol("\\infty")

MAX_DENOMINATORS = 6
"""Denominators cleared one after another."""


def same_value(one: Surd, other: Surd) -> bool | None:
    """Equal or different; None where functions stay that neither exactness nor evaluation tells apart.

    Rational functions are equal as elements of their field: `(x^2-1)/(x-1)` is `x+1`.
    """
    if one == other:
        return True
    names = one.names() | other.names()
    if "\\infty" in names:
        return _same_infinity(one, other)
    if not any(isinstance(name, Opaque) for name in names):
        return False
    try:
        difference = cleared(one - other)
    except Undecidable:
        return False if surely_differ(one, other) else None
    if not difference.terms:
        return True
    if not any(isinstance(name, Opaque) for name in difference.names()):
        return False
    return False if surely_differ(one, other) else None


def _same_infinity(one: Surd, other: Surd) -> bool | None:
    """∞ against -∞ or a finite value; `2∞` and `∞ + 1` are not values."""
    signs = []
    for value in (one, other):
        infinite = "\\infty" in value.names()
        if infinite and value not in (_INFINITY, -_INFINITY):
            return None
        signs.append(0 if not infinite else 1 if value == _INFINITY else -1)
    return signs[0] == signs[1]


def cleared(value: Surd) -> Surd:
    """The value times its denominators, so that none is left: zero exactly when the value is zero."""
    for _ in range(MAX_DENOMINATORS):
        found = [name for name in value.names() if isinstance(name, Opaque) and name.function == "inverse"]
        if not found:
            return value
        value = _without(value, min(found))
    raise Undecidable("denominators")


def _without(value: Surd, denominator: "Opaque | str") -> Surd:
    assert isinstance(denominator, Opaque)
    powers = [dict(symbols).get(denominator, 0) for _, symbols in value.terms]
    most = max(powers)
    if any(power != int(power) for power in powers):
        raise Undecidable("root of a denominator")
    total = Surd({})
    below = denominator.arguments[0]
    for (radicand, symbols), factor in value.terms.items():
        power = int(dict(symbols).get(denominator, 0))
        rest = Surd({(radicand, tuple(item for item in symbols if item[0] != denominator)): factor})
        total = total + rest * below.power(Fraction(int(most) - power))
    return total
