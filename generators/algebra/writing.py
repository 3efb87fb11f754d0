r"""Writing another value in the manner of an old text: `\frac{3}{56}` as `\frac{5}{56}`, `1,200` as `1,350`.

    >>> rewritten(r"\boxed{720}", Surd.rational(360))
    '\\boxed{360}'

None where a writer would have had to change more than the number, its sign or one term of a sum.
"""

import re
from fractions import Fraction

from filters.verify.math.surd import Surd
from generators.algebra.reading import is_number, value_of
from generators.algebra.tokens import Term, Token, terms, tokens

_BOX = re.compile(r"(\\boxed\s*\{)(.*)(\})\Z", re.DOTALL)
_INTEGER = re.compile(r"-?(?:\d+|\d{1,3}(?:(?P<comma>,\\!|\{,\}|,)\d{3})+)\Z")
_DECIMAL = re.compile(r"-?(?:\d+)?\.(\d+)\Z")
_FRACTION = re.compile(r"-?\\([dt]?frac)\s*(?:\{-?\d+\}\s*\{-?\d+\}|\d\d)\Z")
_SLASH = re.compile(r"-?\d+/\d+\Z")
_ROOT = r"(?:\d+\s*)?(?:\\sqrt\s*(?:\{\d+\}|\d)|\\pi)"
_NAMED = re.compile(rf"-?(?:{_ROOT}|\\[dt]?frac\s*\{{{_ROOT}\}}\s*\{{\d+\}})\Z")

MOST_DIGITS = 2
"""Digits by which a wrong number may be longer than the right one."""

MOST_BELOW = 400
"""Largest denominator that a slip may bring in."""


def unboxed(text: str) -> tuple[str, str, str]:
    r"""`\boxed{5}` as ("\boxed{", "5", "}"); ("", text, "") without a box."""
    match = _BOX.match(text)
    return (match[1], match[2], match[3]) if match else ("", text, "")


def rewritten(text: str, value: Surd) -> str | None:
    """The text changed as little as it takes to say `value`, or None."""
    head, inner, tail = unboxed(text)
    made = _number(inner.strip(), value) if is_number(value) else None
    if made is None:
        made = _sum(inner, value)
    if made is None:
        return None
    again = value_of(made)
    return head + made + tail if again == value and made != inner else None


def least(start: int, old: str, new: str) -> tuple[int, int, str]:
    """The stretch of whole tokens that differs, as a range of the text that `old` begins at, and what it becomes."""
    before = tokens(old, 0, len(old))
    after = tokens(new, 0, len(new))
    same = 0
    while same < min(len(before), len(after)) and before[same].text == after[same].text:
        same += 1
    tail = 0
    while tail < min(len(before), len(after)) - same and before[-1 - tail].text == after[-1 - tail].text:
        tail += 1
    first = before[same].start if same < len(before) else len(old)
    first_new = after[same].start if same < len(after) else len(new)
    end = before[len(before) - tail - 1].end if len(before) - tail > same else first
    end_new = after[len(after) - tail - 1].end if len(after) - tail > same else first_new
    unbalanced = not all(map(_balanced, (old[first:end], new[first_new:end_new])))
    if unbalanced or old[:first] != new[:first_new] or old[end:] != new[end_new:]:
        return start, start + len(old), new
    return start + first, start + end, new[first_new:end_new]


def _balanced(text: str) -> bool:
    """Whether braces open before they close: `2}{21` is half of one argument and half of another."""
    depth = 0
    for mark in text:
        depth += (mark == "{") - (mark == "}")
        if depth < 0:
            return False
    return depth == 0


def _number(old: str, value: Surd) -> str | None:
    number = value.as_rational()
    if number is None:
        return _surd(old, value)
    if _INTEGER.match(old) or re.match(r"-?\d*\\sqrt\{\d+\}\Z", old):
        return _integer(old, number)
    if match := _DECIMAL.match(old):
        return _decimal(number, len(match[1]))
    if _FRACTION.match(old) or _SLASH.match(old):
        return _fraction(old, number)
    return None


def _integer(old: str, number: Fraction) -> str | None:
    if number.denominator != 1:
        return fraction(number) if number.denominator <= 4 and _INTEGER.match(old) else None
    if len(str(abs(number.numerator))) > len(re.sub(r"\D", "", old)) + MOST_DIGITS:
        return None
    match = _INTEGER.match(old)
    comma = match["comma"] if match else None
    return f"{number.numerator:,}".replace(",", comma) if comma else str(number.numerator)


def _decimal(number: Fraction, places: int) -> str | None:
    if abs(number) > 10**9:
        return None
    for count in range(1, places + 3):
        scaled = number * 10**count
        if scaled.denominator == 1:
            sign, digits = "-" if number < 0 else "", str(abs(scaled.numerator)).rjust(count + 1, "0")
            return f"{sign}{digits[:-count]}.{digits[-count:]}"
        if number.denominator == 1:
            return str(number.numerator)
    return None


def _fraction(old: str, number: Fraction) -> str | None:
    if number.denominator == 1:
        return str(number.numerator)
    if number.denominator > MOST_BELOW or abs(number.numerator) > 10_000:
        return None
    if _SLASH.match(old):
        return f"{number.numerator}/{number.denominator}"
    match = _FRACTION.match(old)
    return fraction(number, match[1] if match else "frac")


def fraction(number: Fraction, command: str = "frac") -> str:
    r"""`-\frac{3}{2}`."""
    if number.denominator == 1:
        return str(number.numerator)
    sign = "-" if number < 0 else ""
    return f"{sign}\\{command}{{{abs(number.numerator)}}}{{{number.denominator}}}"


def _surd(old: str, value: Surd) -> str | None:
    r"""`3\sqrt{2}`, `\frac{\sqrt{6}}{4}`, `12\pi`: one root or π with a rational factor."""
    if len(value.terms) != 1 or not _NAMED.match(old):
        return None
    (((radicand, symbols), factor),) = value.terms.items()
    names = dict(symbols)
    if (
        radicand < 1
        or radicand > 2000
        or set(names) - {"π"}
        or names.get("π", 1) != 1
        or (names and radicand > 1)
    ):
        return None
    if factor.denominator > 100 or abs(factor.numerator) > 5000:
        return None
    name = "\\pi" if names else f"\\sqrt{{{radicand}}}"
    sign = "-" if factor < 0 else ""
    above = name if abs(factor.numerator) == 1 else f"{abs(factor.numerator)}{name}"
    return f"{sign}{above}" if factor.denominator == 1 else f"{sign}\\frac{{{above}}}{{{factor.denominator}}}"


def _sum(old: str, value: Surd) -> str | None:
    """One term of a sum, or the only one, set so that the whole has the value."""
    was = value_of(old)
    if was is None:
        return None
    found = tokens(old, 0, len(old))
    parts = terms(found)
    if is_number(was) and len(parts) > 1 and not _all_unlike(old, parts):
        return None
    for part in parts:
        made = _term(old, part, found, was, value, alone=len(parts) == 1)
        if made is not None:
            return made
    return None


def _all_unlike(old: str, parts: list[Term]) -> bool:
    """Whether the terms of a number cannot be put together: `3 + 2\\sqrt{5}`, not `99 \\cdot 100 + 1`."""
    values = [value_of(old[p.body : p.end]) for p in parts]
    seen = [next(iter(v.terms)) for v in values if v is not None and len(v.terms) == 1]
    return len(set(seen)) == len(parts)


def _term(old: str, part: Term, found: list[Token], was: Surd, value: Surd, *, alone: bool) -> str | None:
    worth = value_of(old[part.body : part.end])
    if worth is None or len(worth.terms) != 1:
        return None
    signed = -worth if part.sign == "-" else worth
    wanted = value - (was - signed)
    if not wanted.terms:
        return None if alone or part.start == found[0].start else old[: part.start].rstrip() + old[part.end :]
    if len(wanted.terms) != 1:
        return None
    ((monomial, factor),) = signed.terms.items()
    ((other, needed),) = wanted.terms.items()
    if monomial == other:
        return _with_factor(old, part, factor, needed, first=part.start == found[0].start)
    return _with_power(old, part, found, signed, wanted) if factor == needed else None


def _with_factor(old: str, part: Term, factor: Fraction, needed: Fraction, *, first: bool) -> str | None:
    """The term with another coefficient: `12x^2` as `8x^2`, `- 3x` as `+ 3x`."""
    body = old[part.body : part.end]
    sign = "-" if needed < 0 else ("" if first else "+")
    gap = old[part.start + len(part.sign) : part.body] if part.sign else ""
    if abs(factor) != abs(needed):
        digits = re.match(r"\d+(?![\d.,^])", body)
        rest = body[digits.end() :] if digits else body
        if (
            abs(needed).denominator != 1
            or abs(factor).denominator != 1
            or (digits and int(digits[0]) != abs(factor))
        ):
            return None
        if not digits and abs(factor) != 1:
            return None
        if abs(needed.numerator) > 100 * abs(factor) or rest.lstrip().startswith(
            ("\\cdot", "\\times", "^", "/")
        ):
            return None
        body = rest.lstrip() if abs(needed) == 1 and rest.strip() else f"{abs(needed.numerator)}{rest}"
    return old[: part.start] + sign + (gap if not first else "") + body + old[part.end :]


def _with_power(old: str, part: Term, found: list[Token], was: Surd, wanted: Surd) -> str | None:
    """The term with another exponent of one letter."""
    inside = [t for t in found if part.body <= t.start < part.end]
    for at, token in enumerate(inside[:-2]):
        if token.kind == "letter" and inside[at + 1].text == "^":
            first, *rest = inside[at + 2 :]
            last = (
                next((t for t in rest if t.text == "}" and t.depth == first.depth), None)
                if first.text == "{"
                else first
            )
            if last is None:
                continue
            for power in range(2, 31):
                spelt = str(power) if power < 10 else f"{{{power}}}"
                made = old[: first.start] + spelt + old[last.end :]
                if value_of(made[part.body : len(made) - (len(old) - part.end)]) == (
                    -wanted if part.sign == "-" else wanted
                ):
                    return made
    return None
