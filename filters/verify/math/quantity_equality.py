"""Whether two quantities are equal, and what makes an inequality doubtful: rounding, %, units."""

from fractions import Fraction

from filters.verify.math.approximation import real_value
from filters.verify.math.options import JudgeOptions
from filters.verify.math.quantity import Quantity
from filters.verify.math.surd import Opaque, Surd
from filters.verify.math.value_equality import same_value
from filters.verify.math.verdicts import EQUAL, MISMATCH, unknown
from schemas.verdict import Verdict

_CONVERTIBLE = frozenset(
    [
        "mm",
        "cm",
        "m",
        "km",
        "inch",
        "in",
        "foot",
        "ft",
        "yard",
        "yd",
        "mile",
        "mi",
        "mg",
        "g",
        "gram",
        "kg",
        "kilogram",
        "lb",
        "lbs",
        "pound",
        "oz",
        "ounce",
        "ton",
        "ml",
        "l",
        "liter",
        "litre",
        "gallon",
        "quart",
        "pint",
        "cup",
        "second",
        "sec",
        "minute",
        "min",
        "hour",
        "hr",
        "day",
        "week",
        "month",
        "year",
        "cent",
        "dollar",
        "percent",
    ]
)
_FACTORS = frozenset([2, 3, 4, 7, 8, 10, 12, 16, 24, 30, 36, 52, 60, 100, 365, 1000, 1440, 3600, 5280])
"""Ratios of common units; a mismatch by one of these beside a convertible unit may be a conversion."""


_UNIT_LETTERS = frozenset(["m", "g", "l", "L", "s", "h"])

_RADIAN = Surd.symbol("π") * Surd.rational(Fraction(1, 180))
"""One degree."""


def compare_quantities(gold: Quantity, said: Quantity, options: JudgeOptions) -> Verdict | None:
    """Equal by value under the options; a unit is never needed and never converted."""
    if options.percent == "either" and gold.percent != said.percent:
        return _percent_and_number(gold, said, options)
    one, other = _read(gold, options.percent == "fraction"), _read(said, options.percent == "fraction")
    units_differ = bool(gold.unit and said.unit and gold.unit != said.unit)
    units_differ |= bool(gold.temperature and said.temperature and gold.temperature != said.temperature)
    same = same_value(one, other)
    if same:
        return unknown("units") if units_differ else EQUAL
    if gold.percent != said.percent and _hundredfold(one, other):
        return unknown("percent")
    if _is_close(gold, said, one, other, options.close_ratio):
        return unknown("close")
    if "degree" in (gold.unit, said.unit) and (one * _RADIAN == other or other * _RADIAN == one):
        return unknown("units")  # 45° and π/4
    symbols = _symbol_unit(gold, said) or _symbol_unit(said, gold)  # 5 m and 500 cm
    if units_differ or symbols or _may_convert(gold, said, one, other) or _letter_unit(one, other):
        return unknown("units")
    if same is None:
        return None
    return unknown("names") if _renamed(one, other) else MISMATCH


def _percent_and_number(gold: Quantity, said: Quantity, options: JudgeOptions) -> Verdict | None:
    """`28%` against 28 or 0.28: both are read so, and each number has one percentage.

    A number below one is a fraction (0.5 is 50 %, and 0.5 % is doubtful), one above is a count of
    hundredths (28 is 28 %, and 2800 % is doubtful).
    """
    number = said if gold.percent else gold
    as_fraction = compare_quantities(gold, said, options.model_copy(update={"percent": "fraction"}))
    as_unit = compare_quantities(gold, said, options.model_copy(update={"percent": "unit"}))
    value = real_value(number.value)
    meant, other = (as_fraction, as_unit) if value is not None and abs(value) <= 1 else (as_unit, as_fraction)
    if meant == EQUAL:
        return meant
    return unknown("percent") if other == EQUAL else meant


def _read(quantity: Quantity, as_fraction: bool) -> Surd:
    if quantity.percent and as_fraction:
        return quantity.value * Surd.rational(Fraction(1, 100))
    return quantity.value


def _hundredfold(one: Surd, other: Surd) -> bool:
    hundred = Surd.rational(100)
    return one * hundred == other or other * hundred == one


def _is_close(gold: Quantity, said: Quantity, one: Surd, other: Surd, ratio: float) -> bool:
    if gold.places is None and said.places is None:
        return False
    numbers = one.as_rational(), other.as_rational()
    if all(number is not None and number.denominator == 1 for number in numbers):
        return False  # 4052 and 4053.0 are whole numbers
    a, b = real_value(one), real_value(other)
    if a is None or b is None:
        return False
    if abs(a - b) < ratio * max(abs(a), abs(b)):
        return True
    return _rounds_to(said, a, b) or _rounds_to(gold, b, a)


def _rounds_to(decimal: Quantity, exact: float, written: float) -> bool:
    """Whether the decimal is the other value rounded or cut off at its own (at least one) place."""
    if not decimal.places:
        return False
    return abs(exact - written) < 10.0**-decimal.places


def _may_convert(gold: Quantity, said: Quantity, one: Surd, other: Surd) -> bool:
    if gold.unit == said.unit or not {gold.unit, said.unit} & _CONVERTIBLE:
        return False
    a, b = one.as_rational(), other.as_rational()
    if not a or not b:
        return False
    ratio = a / b if abs(a) > abs(b) else b / a
    return ratio in _FACTORS


def _symbol_unit(one: Quantity, other: Quantity) -> bool:
    """Whether one is a number times a letter that may be a unit, and the other has a unit."""
    if one.unit or other.unit not in _CONVERTIBLE or len(one.value.terms) != 1:
        return False
    ((_, symbols),) = one.value.terms
    return len(symbols) == 1 and symbols[0][0] in _UNIT_LETTERS


def _renamed(one: Surd, other: Surd) -> bool:
    """`2k+2` against `2n+2`: equal when the one variable of each has the same name."""
    a, b = one.names() - {"π", "e"}, other.names() - {"π", "e"}
    if len(a) != 1 or len(b) != 1 or a == b:
        return False
    (name,), (new,) = a, b
    if any(isinstance(symbol, Opaque) or symbol.isdigit() for symbol in (name, new)):
        return False
    return (
        Surd(
            {
                (radicand, tuple((new if n == name else n, power) for n, power in symbols)): factor
                for (radicand, symbols), factor in one.terms.items()
            }
        )
        == other
    )


def _letter_unit(one: Surd, other: Surd) -> bool:
    """`5 m` against `5`: one side has only letters more, which may be a unit."""
    if len(one.terms) != 1 or len(other.terms) != 1:
        return False
    ((rad_a, sym_a), fac_a), ((rad_b, sym_b), fac_b) = (next(iter(v.terms.items())) for v in (one, other))
    bare = {name for name, _ in (*sym_a, *sym_b)} - {"π"}
    return (rad_a, fac_a) == (rad_b, fac_b) and bool(bare) and not (sym_a and sym_b)
