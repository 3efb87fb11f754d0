"""A quantity: an exact value with the sign or unit written around it.

$1,200.50    5.4 \\text{ cents}    120^\\circ    25\\%    1.5 million    864 inches^2
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from filters.verify.math.expression import read_expression
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Surd

_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
# models write endless decimals down to the limit of tokens
_DECIMAL = re.compile(r"-?\d{1,999}(?:\.(\d{1,999}))?", re.ASCII)
# `2e3` may be 2·e·3
_SCIENTIFIC = re.compile(
    r"(-?\d{1,30}\.\d{1,30}|-?\d{1,30}(?=[eE][+-]|[eE]\d\d))[eE]([+-]?\d{1,3})", re.ASCII
)
_PERCENT = re.compile(r"\s*(?:\\?%|percent(?:age)?|per cent|pct)$", re.IGNORECASE)
_DEGREES = re.compile(r"\s*(?:\^\s*\{?\s*\\circ\s*\}?|\\degree|\s+degrees?)(?:\s*(?P<scale>[CF]))?$")
_TRIGONOMETRIC = re.compile(r"sin|cos|tan|cot|sec|csc")
_MONEY = re.compile(r"^(-?)\s*(?:\\\$|US\$|\$|€|£|Rs\.?)\s*|\s*(?:\\\$|€|£)$")
_UNIT = re.compile(
    r"^(?P<number>.*(?:[\d})]|\\pi(?=[\s{]|$)))\s*(?P<unit>[A-Za-z][A-Za-z./' -]*?)"
    r"\s*(?:\^\s*\{?\s*(?P<power>[23])\s*\}?)?$",
    re.DOTALL,
)
_SHORT_UNITS = frozenset(
    [
        "cm",
        "mm",
        "km",
        "dm",
        "kg",
        "mg",
        "ml",
        "mL",
        "ft",
        "in",
        "yd",
        "mi",
        "lb",
        "lbs",
        "oz",
        "hr",
        "hrs",
        "min",
        "sec",
        "mph",
        "kph",
        "sq",
        "cu",
        "pts",
        "am",
        "pm",
        "ppm",
    ]
)
_NOT_UNITS = re.compile(r"\b(?:sin|cos|tan|cot|sec|csc|log|ln|mod|or|and|pi|times|choose|base|infty)\b")
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PLURALS = {"feet": "foot", "inches": "inch", "dollars": "dollar", "cents": "cent"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`places` is the number of decimals as written, None where no decimal point was written."""

    value: Surd
    places: int | None = None
    unit: str = ""
    percent: bool = False
    temperature: str = ""
    """`C` or `F` behind a degree sign."""


def read_quantity(text: str) -> Quantity:
    """The quantity that the whole (plain) text is, or `Undecidable`."""
    text = text.strip()
    if number := _DECIMAL.fullmatch(text):
        return Quantity(Surd.rational(Fraction(text)), len(number[1]) if number[1] is not None else None)
    if number := _SCIENTIFIC.fullmatch(text):
        text = f"{number[1]}*10^{{{number[2].removeprefix('+')}}}"
    text, percent = _without(_PERCENT, text)
    # the degrees of `\\tan 60^\\circ` belong to the angle
    degrees = None if _TRIGONOMETRIC.search(text) else _DEGREES.search(text)
    text, unit = (text[: degrees.start()].strip(), "degree") if degrees else (text, "")
    scale_of = degrees["scale"] if degrees else None
    money = _MONEY.search(text)
    if money:
        text, unit = _MONEY.sub(r"\1", text), "dollar"
    text, scale = text.strip(), 1
    found = None if unit else _UNIT.match(text)
    if found and _is_unit(found["unit"], found["power"]):
        text, unit = found["number"].strip(), found["unit"].strip()
        scale, unit = _scaled(unit)
        unit = _singular(unit) + (found["power"] or "")
    if _PERCENT.search(text):
        text, percent = _PERCENT.sub("", text), True
    text = _THOUSANDS.sub(lambda number: number.group().replace(",", ""), text)
    value = read_expression(text)
    if scale != 1:
        value = value * Surd.rational(scale)
    return Quantity(value, _places(text), unit, percent, scale_of or "")


def decimal_comma(text: str) -> Fraction | None:
    """`1,22` read as 1.22, where that is what the whole text may be."""
    found = re.fullmatch(r"(-?\d+),(\d{1,9})", text.strip())
    return Fraction(f"{found[1]}.{found[2]}") if found else None


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    shorter, count = pattern.subn("", text)
    return shorter.strip(), bool(count)


def _is_unit(words: str, power: str | None) -> bool:
    """Whether letters after a number are a unit and not a product of variables."""
    if _NOT_UNITS.search(words):
        return False
    first = re.split(r"[ ./'-]+", words)[0]
    return len(first) >= 3 or first in _SHORT_UNITS


def _scaled(unit: str) -> tuple[int, str]:
    """`million dollars` -> (10^6, `dollars`); `dozen` is left undecided."""
    first, _, rest = unit.partition(" ")
    if first.lower() in ("dozen", "score", "pi"):
        raise Undecidable(first)
    scale = _SCALES.get(first.lower())
    return (scale, rest) if scale else (1, unit)


def _singular(unit: str) -> str:
    words = [w for w in re.split(r"[ ./]+", unit.lower()) if w not in ("square", "sq", "cubic", "cu", "of")]
    first = words[0] if words else ""
    return _PLURALS.get(first, first[:-1] if len(first) > 3 and first.endswith("s") else first)


def _places(text: str) -> int | None:
    """Decimals of the longest decimal in the text."""
    decimals = re.findall(r"\d*\.(\d*)", text)
    return max(map(len, decimals)) if decimals else None
