"""Which slip made a wrong result of a right operation: sign, place value, carry, one digit."""

from fractions import Fraction

_CARRIES = frozenset({10, 100, 1000, 10_000})


def slip_of(true: Fraction, stated: Fraction) -> str:
    """`sign`, `place_value`, `carry`, `off_by_one`, `transposed`, `digit`, or empty where none of them.

    84 for 74 is a carry, 740 for 74 place value, 47 for 74 transposed, 71 for 74 one digit.
    """
    if true == stated:
        return ""
    if true == -stated:
        return "sign"
    if stated and true and _power_of_ten(true / stated):
        return "place_value"
    if abs(true - stated) == 1:
        return "off_by_one"
    if abs(true - stated) in _CARRIES:
        return "carry"
    one, other = _digits(true), _digits(stated)
    if len(one) == len(other):
        if sorted(one) == sorted(other):
            return "transposed"
        if sum(a != b for a, b in zip(one, other, strict=True)) == 1:
            return "digit"
    return ""


def near(one: Fraction, other: Fraction) -> bool:
    """Whether one number is the other copied wrongly: a digit changed, lost, doubled or two swapped."""
    a, b = _digits(one), _digits(other)
    if one == other or min(len(a), len(b)) < 2:
        return False
    return slip_of(one, other) in {"place_value", "transposed", "digit"} or _one_lost(a, b) or _one_lost(b, a)


def plain_number(value: Fraction) -> str:
    """A number as a person writes it: integer, short decimal, else a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10_000
    if scaled.denominator == 1:
        return f"{float(value):.4f}".rstrip("0")
    return f"{value.numerator}/{value.denominator}"


def _one_lost(longer: str, shorter: str) -> bool:
    return len(longer) == len(shorter) + 1 and any(
        longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer))
    )


def _power_of_ten(ratio: Fraction) -> bool:
    return ratio in _CARRIES or 1 / ratio in _CARRIES


def _digits(value: Fraction) -> str:
    scaled = value
    for _ in range(4):
        if scaled.denominator == 1:
            break
        scaled *= 10
    return str(abs(scaled.numerator))
