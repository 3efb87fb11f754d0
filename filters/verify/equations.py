"""Numeric equations that a text states, and whether they hold.

    >>> [(e.left, e.stated, e.holds) for e in equations("She makes 9 * $2 = $<<9*2=18>>18, not 3 + 4 = 8.")]
    [('9 * 2', '18', True), ('3 + 4', '8', False)]

A false `False` would teach a model that a right step is wrong, so `holds` is None wherever another
reading is possible: a result rounded to a whole number, a percent sign, an expression after words
such as "half of", a run-on chain (3 + 4 = 7 * 2 = 14 is read as two steps).

Not covered: variables, powers, roots, inequalities, units inside an expression, numbers in words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from filters.verify.arithmetic import Token, tokens_of, value_of, written
from filters.verify.named_factors import without_names
from filters.verify.rounding import agrees
from filters.verify.solved import solved_wrongly
from filters.verify.statements import Statement, sides_of, statements

_OVER = frozenset(["/", "÷", "\\div"])
_LINE_STARTS = re.compile(r"(?=\n)")
_ENDS = frozenset("0123456789." + "abcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWYZ")
"""Last characters of a line that nothing on the next one goes on from: no operator, no `x` that may be one."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`text[start:end]` states that `left` is `stated`.

    `left` is the expression in plain spelling; `result_spans` are all places where the result is
    written (a calculator note repeats it). `holds` is None where it cannot be said for certain.
    """

    start: int
    end: int
    left: str
    left_value: Fraction
    stated: str
    stated_value: Fraction
    result_spans: tuple[tuple[int, int], ...]
    holds: bool | None


@lru_cache(maxsize=32768)  # some 35 texts for each of the cases in flight
def equations(text: str) -> tuple[Equation, ...]:
    """All numeric equations of a text, in order."""
    if "=" not in text:
        return ()
    found: list[Equation] = []
    offset = 0
    for piece in _pieces(text):
        found += [_shifted(equation, offset) for equation in _piece_equations(piece)]
        offset += len(piece)
    return tuple(found)


def states_falsehood(text: str) -> bool:
    """Whether some equation of the text is false for certain, or a variable's value does not solve the line before."""
    return solved_wrongly(text) or any(
        e.holds is False for part in (text, *without_names(text)) for e in equations(part)
    )


def corrected(text: str, equation: Equation) -> str | None:
    """The text with the stated result set right wherever it is written.

    In the form of the original (thousands separators, two decimals of money); None where the true
    value has no short decimal form or the result is not a single number.
    """
    value = equation.left_value
    if (value * 10_000).denominator != 1 or not re.fullmatch(r"-?[\d,.]+", equation.stated):
        return None
    for start, end in reversed(equation.result_spans):
        text = text[:start] + _like(text[start:end], value) + text[end:]
    return text


def _pieces(text: str) -> list[str]:
    """Lines that can be read each for itself, line ends at their beginning; together they are the text.

    Samples of one problem, what is cut from them and what continues it share most of their lines.
    """
    if "frac" in text:  # may be written over several lines
        return [text]
    pieces: list[str] = []
    open_end = False
    for line in _LINE_STARTS.split(text):
        if open_end:
            pieces[-1] += line
        else:
            pieces.append(line)
        open_end = "\\" in line or line[-1:] not in _ENDS  # `\\times` is an operator
    return pieces


@lru_cache(maxsize=32768)
def _piece_equations(piece: str) -> tuple[Equation, ...]:
    if "=" not in piece:
        return ()
    return tuple(equation for statement in statements(tokens_of(piece)) for equation in _of(statement))


def _shifted(equation: Equation, offset: int) -> Equation:
    if not offset:
        return equation
    return Equation(
        equation.start + offset,
        equation.end + offset,
        equation.left,
        equation.left_value,
        equation.stated,
        equation.stated_value,
        tuple((start + offset, end + offset) for start, end in equation.result_spans),
        equation.holds,
    )


def _like(original: str, value: Fraction) -> str:
    comma = "," if "," in original else ""
    if value.denominator == 1:
        places = 2 if re.search(r"\.\d\d$", original) else 0
        return f"{int(value):{comma}}" + ("." + "0" * places if places else "")
    return f"{float(value):{comma}.4f}".rstrip("0")


def _of(statement: Statement) -> Iterator[Equation]:
    sides = sides_of(statement.tokens)
    first_sure, last_sure = not statement.bent(), not statement.scaled()
    for number, side in enumerate(sides):
        left = sides[number - 1] if number else []
        note = next((t for t in side if t.kind == "note"), None)
        sure = (number != 1 or first_sure) and (number != len(sides) - 1 or last_sure)
        if note is not None:
            yield from _noted(left if number == 1 and sure else [], side, note)
        elif number:
            yield from _stated(left, side, sure)


def _stated(left: list[Token], right: list[Token], sure: bool) -> Iterator[Equation]:
    """`left = right` in plain text."""
    if _operators(left) == 0 and _operators(right):
        left, right, sure = right, left, False  # `Week 2 = 35 + 35`: a label, or a result put first
    left_value, right_value = value_of(left), value_of(right)
    if left_value is None or right_value is None or not _operators(left):
        return
    if any(t.kind == "percent" for t in (*left, *right)) or _divides_twice(left):
        sure = False
    holds = agrees(left_value, right_value, written(right), _divides(left))
    if holds is False and _operators(right):
        first = value_of(right[:1])
        if first is not None and agrees(left_value, first, written(right[:1])) is True:  # a run-on chain
            right, right_value, holds = right[:1], first, True
    if (holds is not True and not sure) or (holds is False and _operators(right)):
        return
    start, end = min(left[0].start, right[0].start), max(left[-1].end, right[-1].end)
    spans = ((right[0].start, right[-1].end),)
    yield Equation(start, end, written(left), left_value, written(right), right_value, spans, holds)


def _noted(left: list[Token], side: list[Token], note: Token) -> Iterator[Equation]:
    """`left = <<a*b=c>>c`: what the text states, what the note states, and that both give one result."""
    inner = sides_of(tokens_of(note.text[2:-2], note.start + 2))
    after = side[side.index(note) + 1 :]
    visible = [t for t in after if t.kind not in {"note", "percent"}]  # …>>25% shows the same 25
    if value_of(visible) is None or _operators(visible):
        visible = []
    values = [value_of(part) for part in inner]
    if len(inner) != 2 or values[0] is None or values[1] is None or not _operators(inner[0]):
        return
    text_left = value_of(left) if _operators(left) else None
    shown = value_of(visible) if visible else None
    stated, stated_value = (visible, shown) if shown is not None else (inner[1], values[1])
    lefts = [values[0]] if text_left is None else [text_left, values[0]]
    quotient = _divides(left) or _divides(inner[0])
    holds = _both(lefts, (values[1], written(inner[1])), (stated_value, written(stated)), quotient)
    if any(t.kind == "percent" for part in inner for t in part):
        holds = holds or None
    spans = [(part[0].start, part[-1].end) for part in (inner[1], visible) if part]
    start = left[0].start if left and text_left is not None else note.start
    expression = left if text_left is not None else inner[0]
    yield Equation(
        start,
        visible[-1].end if visible else note.end,
        written(expression),
        lefts[0],
        written(stated),
        stated_value,
        tuple(spans),
        holds,
    )


def _both(
    lefts: list[Fraction], note: tuple[Fraction, str], shown: tuple[Fraction, str], quotient: bool
) -> bool | None:
    """Whether note and text agree with every left side; None where only one of them does.

    Text and note that calculate different things leave open which is meant; so does a sign that
    is lost between them (`15 - 27 = <<15-27=-12>>12 fewer`). What the text shows may be cut from
    the note's own result (`<<...=14.999999999999998>>14.99`).
    """
    noted = [agrees(left, *note, quotient) for left in lefts]
    texts = [
        agrees(left, *shown, quotient) or (n and agrees(note[0], *shown))
        for left, n in zip(lefts, noted, strict=True)
    ]
    claims = [*noted, *texts]
    if all(c is True for c in claims):
        return True
    doubtful = any(c is not False for c in texts) or any(left == -shown[0] for left in lefts)
    return None if doubtful or (len(lefts) > 1 and lefts[0] != lefts[1]) else False


def _divides(tokens: Sequence[Token]) -> bool:
    """Whether a quotient inside may have been rounded before the rest was computed."""
    return any(t.kind == "fraction" or t.text in _OVER for t in tokens)


def _divides_twice(tokens: Sequence[Token]) -> bool:
    """`a / b / c` and `2 / 3 x 6`'s kin: people write the first for a / (b / c) as well."""
    return sum(t.text in _OVER for t in tokens) > 1


def _operators(tokens: Sequence[Token]) -> int:
    """Operators between numbers; a leading sign is none."""
    return sum(t.kind in {"operator", "open"} for t in tokens[1:])
