r"""Equations, inequalities and unions of intervals, solved for their one variable where it is linear.

2x - y + 3 = 0    -2 \le x < 7    5 \ge x    x < 2 or x > 3    (-\infty, 2) \cup (3, \infty)    x \ne 3
"""

import re
from collections.abc import Callable

from filters.verify.math.approximation import real_value
from filters.verify.math.expression import read_expression
from filters.verify.math.quantity import Quantity
from filters.verify.math.regions import EVERYTHING, intersected, joined, region_of, without_point
from filters.verify.math.roots import Undecidable
from filters.verify.math.shapes import Answer, Assignment, Equation, Group, Inequality, Piece, Region
from filters.verify.math.surd import Opaque, Surd
from filters.verify.math.value_equality import cleared

_SIGN = re.compile(r"\\(?:leqslant|geqslant|leq|geq|neq|le|ge|ne|lt|gt)(?![A-Za-z])|<=|>=|!=|≠|[<>]")
_MEANING = {
    "\\leqslant": "<=", "\\leq": "<=", "\\le": "<=", "\\geqslant": ">=", "\\geq": ">=", "\\ge": ">=",
    "\\neq": "!=", "\\ne": "!=", "≠": "!=", "\\lt": "<", "\\gt": ">",
}  # fmt: skip
_UNION = re.compile(r"\\cup(?![A-Za-z])")
_REALS = re.compile(r"\\mathbb\s*\{?\s*R\s*\}?|\\R(?![A-Za-z])|ℝ|\ball real numbers\b|\ball reals\b")
_NOTHING = re.compile(r"\\(?:emptyset|varnothing)(?![A-Za-z])|∅|\\\{\s*\\\}")
_MINUS_SET = re.compile(r"\\(?:setminus|backslash)(?![A-Za-z])")
_BUILDER = re.compile(
    r"\\\{\s*(?P<name>[A-Za-z])\s*(?:\\in\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\R))?\s*(?:\\mid|\\vert|\||:)(?P<rest>.*)\\\}",
    re.DOTALL,
)
_JOINT = re.compile(r"\s*,?\s*\b(or|and)\b\s*|\s*(\\(?:lor|land|vee|wedge))(?![A-Za-z])\s*|\s*([,;])\s*")
_FUNCTION_VALUE = re.compile(r"(?<![A-Za-z\\])[fghFGHPW]\s*\(")
_CONSTANTS = frozenset(["π", "e"])

MAX_LINKS = 4


def is_relation(text: str) -> bool:
    """Whether the text has a sign of comparison, a union or the set of real numbers."""
    return bool(
        _SIGN.search(text)
        or _UNION.search(text)
        or _REALS.search(text)
        or _MINUS_SET.search(text)
        or _NOTHING.search(text)
    )


def read_relation(text: str, read: Callable[[str], Answer]) -> Answer:
    """The region or inequality that the text states; `read` reads its intervals and sets."""
    if builder := _BUILDER.fullmatch(text.strip()):
        text = builder["rest"]
    if _SIGN.search(text):
        return _joined_relations(text)
    return Region("", _united(text, read))


def _united(text: str, read: Callable[[str], Answer]) -> tuple[Piece, ...]:
    whole, *removed = _MINUS_SET.split(text)
    pieces: list[Piece] = []
    for part in _UNION.split(whole):
        if _REALS.fullmatch(part.strip()):
            pieces.append(EVERYTHING)
        elif not _NOTHING.fullmatch(part.strip()):
            pieces += _as_region(read(part)).pieces
    result = joined(pieces)
    for part in removed:
        for piece in _as_region(read(part)).pieces:
            if piece.low is None or piece.low != piece.high:
                raise Undecidable("difference of intervals")
            result = intersected(result, without_point(piece.low))
    return result


def _as_region(answer: Answer) -> Region:
    region = region_of(answer) if isinstance(answer, Group) else None
    if region is None:
        raise Undecidable("no interval")
    return region


def _joined_relations(text: str) -> Answer:
    """`x < 2 or x > 3`; with `and` or a comma both hold, unless nothing would: then `or` is meant."""
    words: list[str] = []
    parts: list[str] = []
    start = 0
    for joint in _JOINT.finditer(text):
        parts.append(text[start : joint.start()])
        words.append(joint[1] or joint[2] or joint[3])
        start = joint.end()
    parts.append(text[start:])
    relations = [_chain(part) for part in parts]
    if len(relations) == 1:
        return relations[0]
    regions = [relation for relation in relations if isinstance(relation, Region)]
    names = {region.name for region in regions}
    either = {word in ("or", "\\lor", "\\vee") for word in words}
    if len(regions) != len(relations) or len(names) != 1 or len(either) != 1:
        raise Undecidable("several relations")
    both = regions[0].pieces
    for region in regions[1:]:
        both = intersected(both, region.pieces)
    if both and either == {False}:
        return Region(names.pop(), both)
    return Region(names.pop(), joined([piece for region in regions for piece in region.pieces]))


def _chain(text: str) -> Answer:
    if _FUNCTION_VALUE.search(text):
        raise Undecidable("f(1) < f(2)")
    signs = [_MEANING.get(sign, sign) for sign in _SIGN.findall(text)]
    sides = _SIGN.split(text)
    if not signs or len(signs) > MAX_LINKS or any("=" in side for side in sides):
        raise Undecidable("relation")
    values = [_side(side) for side in sides]
    names = {name for value in values for name in value.names() if name != "\\infty"} - _CONSTANTS
    links = [(a, sign, b) for a, sign, b in zip(values, signs, values[1:], strict=False)]
    if len(names) == 1 and not any(isinstance(name, Opaque) for name in names):
        (name,) = names
        try:
            pieces = intersected((EVERYTHING,), _solved(*links[0], name))
            for link in links[1:]:
                pieces = intersected(pieces, _solved(*link, name))
            return Region(name, pieces)
        except NotImplementedError:
            pass
    if len(links) != 1 or signs[0] == "!=" or any("\\infty" in value.names() for value in values):
        raise Undecidable("inequality")
    below = values[0] - values[1] if signs[0][0] == "<" else values[1] - values[0]
    return Inequality(below, strict="=" not in signs[0])


def _side(text: str) -> Surd:
    return read_expression(text.strip())


def _solved(left: Surd, sign: str, right: Surd, name: str) -> tuple[Piece, ...]:
    """Where `left sign right` holds; NotImplementedError if it is not linear in the variable."""
    for value, other, ahead in ((left, right, "<"), (right, left, ">")):
        if "\\infty" in value.names():
            upward = value == Surd.symbol("\\infty")
            if other != Surd.symbol(name) or (sign[0] == ahead) == upward:
                raise Undecidable("infinity")
            return (EVERYTHING,)
    slope, offset = linear(left - right, name)
    rise = real_value(slope)
    if rise is None or abs(rise) < 1e-9:
        raise Undecidable("slope")
    end = -offset / slope
    if sign == "!=":
        return without_point(end)
    closed, upper = "=" in sign, (sign[0] == "<") == (rise > 0)
    return (Piece(None, False, end, closed) if upper else Piece(end, closed, None, False),)


def linear(value: Surd, name: str) -> tuple[Surd, Surd]:
    """(a, b) of a·name + b; NotImplementedError where it is not linear."""
    slope, offset = Surd({}), Surd({})
    for (radicand, symbols), factor in value.terms.items():
        power = dict(symbols).get(name, 0)
        rest = Surd({(radicand, tuple(item for item in symbols if item[0] != name)): factor})
        if any(isinstance(symbol, Opaque) for symbol, _ in symbols) or power not in (0, 1):
            raise NotImplementedError
        slope, offset = (slope + rest, offset) if power else (slope, offset + rest)
    if not slope.terms:
        raise NotImplementedError
    return slope, offset


def read_equation(left: str, right: str) -> Answer:
    """`2x = 6` as x = 3; with more variables, or where it is not linear, the equation itself."""
    if _FUNCTION_VALUE.search(left):
        raise Undecidable("f(2x)")
    difference = cleared(_side(left) - _side(right))
    names = difference.names() - _CONSTANTS
    if not names or any(isinstance(name, Opaque) for name in names):
        raise Undecidable("equation")
    if len(names) == 1:
        (name,) = names
        try:
            slope, offset = linear(difference, name)
            return Assignment(name, Quantity(-offset / slope))
        except NotImplementedError:
            pass
    return Equation(difference)
