"""Whether a stated result is right, allowing for how people round.

Decimals with two or more places may be the exact value rounded (half up or half even) or cut off.
Results with fewer places must be exact; where they may be a rounding the answer is None, never False.
"""

from fractions import Fraction

from filters.verify.arithmetic import Worth

FLOAT_PLACES = 9
"""From so many decimals on, the digits are a float's and its last ones are noise."""

ROUNDED_ON = Fraction(1, 50)
"""Share by which a result may miss where a division on the way does not end and may have been
rounded before the sum went on (2/3 * 60 = 40.2)."""

SCALES = frozenset(Fraction(10) ** power for power in (-6, -3, -2, 2, 3, 6))
"""Ratios that may be a change of unit between the sides: cents and dollars, `25k * 3 = 75,000`."""


def holds(left: Worth, stated: str, value: Fraction) -> bool | None:
    """True, False, or None where the difference may be honest."""
    difference = abs(left.value - value)
    if difference == 0 or (left.percent and difference * 100 == abs(left.value) * 99):
        return True
    if value and left.value / value in SCALES:
        return None
    decimals = stated.partition(".")[2]
    # `17.0` is a float's way to write 17
    places = 0 if decimals == "0" else len(decimals)
    if places >= FLOAT_PLACES and difference <= Fraction(1, 10**FLOAT_PLACES) * (1 + abs(value)):
        return True
    unit = Fraction(1, 10**places)
    if difference < unit and (left.value / unit).denominator != 1:
        nearest = difference * 2 <= unit
        cut_off = abs(value) < abs(left.value)
        return True if places >= 2 and (nearest or cut_off) else None
    if left.percent or (left.repeating and difference <= ROUNDED_ON * abs(left.value)):
        return None
    return False
