"""Whether a stated number is the value it is stated for, allowing for honest rounding."""

from fractions import Fraction

_FLOAT_NOISE = Fraction(1, 10**12)
"""Relative error of numbers that a calculator wrote out in full, such as 33.333333333333336."""
_UNIT_CHANGES = frozenset({Fraction(100), Fraction(1000), Fraction(10**6)})
"""Ratios of cents to dollars, grams to kilograms, dollars to millions: a unit may have changed."""
_EARLY_ROUNDING = Fraction(2, 100)
"""How far a result may be off where a quotient inside was rounded first (2/3*60 = 39.6)."""


def agrees(value: Fraction, stated: Fraction, written: str, quotient: bool = False) -> bool | None:
    """True: equal, or rounded or cut to two or more decimals. None: it may be meant. False: neither.

    `written` is the stated number as text: its decimals say how far it can have been rounded. A value
    that needs no rounding at that many decimals must be met exactly. `quotient`: the value contains a
    division, so a decimal may have been rounded on the way.
    """
    if value and stated and ({value / stated, stated / value} & _UNIT_CHANGES):
        return None
    if value == stated or abs(value - stated) <= abs(value) * _FLOAT_NOISE:
        return True
    places = (
        len(written.partition(".")[2])
        if written.replace(",", "").lstrip("-").replace(".", "").isdigit()
        else None
    )
    if places is None:  # an expression on the right, such as 1/3
        return None if abs(value - stated) <= abs(value) / 100 else False
    unit = Fraction(1, 10**places)
    if quotient and places and unit / 2 < abs(value - stated) <= abs(value) * _EARLY_ROUNDING:
        return None
    if (value / unit).denominator == 1 or abs(value - stated) >= unit:
        return False
    return True if places >= 2 else None
