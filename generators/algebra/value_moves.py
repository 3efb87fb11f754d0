r"""False moves between two equal sides: the right side as a wrong rule or a slip would have given it.

3(x+2) = 3x+6  ->  3(x+2) = 3x+2         \frac{34}{100} = \frac{17}{50}  ->  \frac{34}{100} = \frac{17}{100}
"""

import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from filters.verify.math.surd import Surd
from generators.algebra import rules
from generators.algebra.change import Change, Link
from generators.algebra.reading import value_of
from generators.algebra.tokens import Token, terms, tokens
from generators.algebra.writing import least, rewritten, unboxed

MOST_TIMES = 8
"""A result further off than so many times is no slip that a reader would believe."""

_PLAIN_FRACTION = re.compile(r"\\([dt]?frac)\s*\{(\d+)\}\s*\{(\d+)\}\Z")
_MULTIPLIES = re.compile(r"\\cdot|\\times|[\d)]\s*\(|!|\^")
_TURNS = re.compile(r"-\s*(?:\\left\s*)?\(|\(\s*-")


def value_moves(kind: str, link: Link, rng: random.Random) -> Iterator[Change]:
    """False right sides of one kind for a right move."""
    for after in _MAKERS[kind](link, rng):
        value = value_of(after)
        if value is None or value == link.right.value or not _believable(link.right.value, value):
            continue
        start, end, new = least(link.right.start, link.right.text, after)
        yield Change(start, end, new, link.chain, link.side, link.right.end, value)


def _by_rule(rule: Callable[[str], Iterator[str]]) -> Callable[[Link, random.Random], Iterator[str]]:
    def makes(link: Link, rng: random.Random) -> Iterator[str]:
        for wrong in rule(unboxed(link.left.text)[1]):
            value = value_of(wrong)
            after = None if value is None else rewritten(link.right.text, value)
            if after is not None:
                yield after

    return makes


def _powers(link: Link, rng: random.Random) -> Iterator[str]:
    """`5^2 + 12^2 = 25 + 144` as `10 + 144`; else as the rules say."""
    right = link.right.text
    numbers = [t for t in tokens(right, 0, len(right)) if t.kind == "number"]
    for wrong in rules.exponent_rule(unboxed(link.left.text)[1]):
        match = re.search(r"\((\d{1,3}) \\cdot (\d{1,2})\)", wrong)
        power = match and int(match[1]) ** int(match[2])
        for token in numbers if len(numbers) > 1 else []:
            if match and token.text == str(power):
                after = right[: token.start] + str(int(match[1]) * int(match[2])) + right[token.end :]
                if value_of(after) == value_of(wrong):
                    yield after
    yield from _by_rule(rules.exponent_rule)(link, rng)


def _cancelled(link: Link, rng: random.Random) -> Iterator[str]:
    """A common factor taken out of one part of a fraction only."""
    head, inner, tail = unboxed(link.right.text)
    left, right = (_PLAIN_FRACTION.match(text.strip()) for text in (link.left.text, inner))
    if left and right:
        p, q, a, b = int(left[2]), int(left[3]), int(right[2]), int(right[3])
        if a and p % a == 0 and q % b == 0 and p // a > 1:
            for above, below in ((a, q), (p, b)):
                if (above < below) == (a < b):
                    yield f"{head}\\{right[1]}{{{above}}}{{{below}}}{tail}"
    yield from _by_rule(rules.cancellation)(link, rng)


def _slips(link: Link, rng: random.Random) -> Iterator[str]:
    """One number of the right side that the left side does not have, computed wrongly."""
    right = link.right.text
    found = tokens(right, 0, len(right))
    if _only_rewritten(link, found):
        return
    known = {t.text for t in tokens(link.left.text, 0, len(link.left.text)) if t.kind == "number"}
    alone = sum(t.kind == "number" for t in found) == 1 and len(unboxed(right)[1].strip("-")) == sum(
        t.end - t.start for t in found if t.kind == "number"
    )
    computed = [t for at, t in enumerate(found) if t.kind == "number" and (alone or t.text not in known)]
    for token in computed:
        if not alone and _is_bound(found, token):
            continue
        for number in _near(token.text, link.left.text, rng):
            after = right[: token.start] + number + right[token.end :]
            if not _is_whole(value_of(after)) or _is_whole(link.right.value):  # 5/6 as 5/5 would be noticed
                yield after


def _is_whole(value: Surd | None) -> bool:
    number = value.as_rational() if value else None
    return number is not None and number.denominator == 1


def _only_rewritten(link: Link, found: list[Token]) -> bool:
    """`284 = 2^2 \\cdot 71` and `2 + 7 = 3 + 6` write a number in another way: no result is computed."""
    left = tokens(link.left.text, 0, len(link.left.text))
    if not link.left.is_number or len(found) == 1 or unboxed(link.right.text)[0]:
        return False
    if len([t for t in left if t.kind == "number"]) == 1 and all(
        t.kind == "number" or t.text == "-" for t in left
    ):
        return True
    one, other = terms(left), terms(found)
    spelt = {link.left.text[t.body : t.end] for t in one} & {link.right.text[t.body : t.end] for t in other}
    return len(one) == len(other) > 1 and not spelt and not _MULTIPLIES.search(link.left.text)


def _near(written: str, left: str, rng: random.Random) -> list[str]:
    """Wrong results near a number: a factor more or less, a carry, one off, digits swapped."""
    match = re.fullmatch(r"(\d*)(?:\.(\d+))?", re.sub(r"[,{}\\!]", "", written))
    if match is None or len(written) > 12:
        return []
    places = len(match[2] or "")
    number = int((match[1] or "0") + (match[2] or ""))
    factors = {int(t.text) for t in tokens(left, 0, len(left)) if t.kind == "number" and t.text.isdigit()}
    product = _MULTIPLIES.search(left)
    steps = [10, -10] if number >= 20 else []
    steps += [f * s for f in factors if product and 1 < f <= number // 3 for s in (1, -1)]
    steps += [1, -1] if number < 200 else [100, -100]
    values = [number + step for step in steps if number + step > 0]
    digits = str(number)
    if len(digits) > 1 and digits[-1] != digits[-2] and digits[-2] != "0":
        swapped = int(digits[:-2] + digits[-1] + digits[-2])
        values += [swapped] if 2 * abs(swapped - number) < number else []
    rng.shuffle(values)
    return [
        _like(written, value, places)
        for value in dict.fromkeys(values)
        if value not in factors or len(values) < 3
    ]


def _like(written: str, value: int, places: int) -> str:
    if places:
        digits = str(value).rjust(places + 1, "0")
        whole = digits[:-places] if written[0] != "." or digits[:-places] != "0" else ""
        return f"{whole}.{digits[-places:]}"
    comma = re.search(r",\\!|\{,\}|,", written)
    return f"{value:,}".replace(",", comma[0]) if comma else str(value)


def _is_bound(found: list[Token], token: Token) -> bool:
    """Whether a number is an index, an exponent, a base, a degree or one digit of a brace-less argument."""
    at = found.index(token)
    before = [t.text for t in found[max(0, at - 2) : at]]
    if at + 1 < len(found) and found[at + 1].text in ("^", "!"):
        return True
    if before == ["\\sqrt", "{"] and at > 2 and found[at - 3].kind == "number":
        return True
    last = before[-1] if before else ""
    return last in ("_", "[", "^", "\\sqrt") or before in (["_", "{"], ["^", "{"]) or last.endswith("frac")


def _signs(link: Link, rng: random.Random) -> Iterator[str]:
    """One sign of a sum that the move worked out; else a minus that is lost or reaches too little."""
    left, right = link.left.text, link.right.text
    head, inner, tail = unboxed(right)
    found = tokens(inner, 0, len(inner))
    compound = len(terms(found)) > 1
    if compound and "-" in left:
        for at, token in enumerate(found):
            if token.depth == 0 and at and (token.text == "-" or (token.text == "+" and _TURNS.search(left))):
                turned = "+" if token.text == "-" else "-"
                yield head + inner[: token.start] + turned + inner[token.end :] + tail
    yield from _by_rule(rules.sign)(link, rng)


def _believable(right: Surd | None, wrong: Surd) -> bool:
    old, new = right.as_rational() if right else None, wrong.as_rational()
    if old is None or new is None:
        return True
    if old == 0 or new == 0:
        return abs(old - new) <= 100
    return Fraction(1, MOST_TIMES) <= abs(new / old) <= MOST_TIMES and new.denominator <= 1000


_MAKERS: dict[str, Callable[[Link, random.Random], Iterator[str]]] = {
    "calculation": _slips,
    "sign": _signs,
    "distribution": _by_rule(rules.distribution),
    "exponent_rule": _powers,
    "cancellation": _cancelled,
}
VALUE_KINDS = tuple(_MAKERS)
