"""Numeric equations that a step of reasoning states, and whether they hold.

    "16 - 3 = <<16-3=13>>13 eggs"   one statement, 16 - 3 = 13, whose result stands in two places
    "3 + 4 = 7 + 2 = 9"             3 + 4 = 7 and 7 + 2 = 9: running on is how people write sums

A false `holds=False` would poison training data, so it is said only of plain arithmetic whose
surroundings cannot change its meaning. Equations with variables, ≈ or inequalities are not read.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from filters.verify.arithmetic import Worth, worth
from filters.verify.equation import Equation, corrected
from filters.verify.equation_context import doubtful_after, doubtful_before, doubtful_shape
from filters.verify.equation_truth import holds
from filters.verify.plain_numbers import spelled
from filters.verify.text_tokens import TextToken, tokens_in

__all__ = ["Equation", "corrected", "equations"]

MAX_CHARS = 50_000
"""Longest text searched; steps are a few hundred characters."""

MAX_SIDE = 60
"""Most tokens on one side."""

Side = list[TextToken]


def equations(text: str) -> list[Equation]:
    """All equations the text states, by position."""
    if len(text) > MAX_CHARS or "=" not in text:
        return []
    found: dict[int, Equation] = {}
    for sides in _runs(tokens_in(text)):
        for side in sides:
            for n, token in enumerate(side):
                if token.kind == "note":
                    noted = _note(text, token, side[n + 1] if n + 1 < len(side) else None)
                    if noted is not None:
                        found[token.start] = noted
        for left, right in pairwise(sides):
            _pair(text, _after_brackets(left), _before_brackets(right), found)
    return sorted(found.values(), key=lambda equation: (equation.start, equation.end))


def _runs(tokens: list[TextToken]) -> Iterator[list[Side]]:
    """Stretches without words, each cut at its equality signs."""
    sides: list[Side] = [[]]
    for token in tokens:
        if token.kind in ("word", "break"):
            yield sides
            sides = [[]]
        elif token.kind == "eq":
            sides.append([])
        else:
            sides[-1].append(token)
    yield sides


def _pair(text: str, left: Side, right: Side, found: dict[int, Equation]) -> None:
    """Add what two neighbouring sides state, or widen the note that states it."""
    if not left or not right or max(len(left), len(right)) > MAX_SIDE:
        return
    worth_left = worth(left)
    if worth_left is None or not worth_left.operations:
        return
    noted = found.get(right[0].start) if right[0].kind == "note" else None
    if right[0].kind == "note" and noted is not None:
        found[right[0].start] = _with_left(noted, left, worth_left)
        return
    if any(token.kind == "note" for token in right[:2]):
        return
    equation = _plain(text, left, worth_left, right)
    if equation is not None:
        found.setdefault(left[0].start, equation)


def _plain(text: str, left: Side, worth_left: Worth, right: Side) -> Equation | None:
    """An equation without a note: the result is a number, or an expression that runs on."""
    result = _result(right)
    whole = worth(right)
    if result and len(result) < len(right):
        value = worth(result)
        runs_on = value is not None and holds(worth_left, spelled(result), value.value)
        if not runs_on:
            result = right
    result = result or right
    value = worth(result)
    if value is None:
        return None
    stated_span = (result[0].start, result[-1].end)
    stated = text[slice(*stated_span)]
    verdict = holds(worth_left, spelled(result), value.value)
    if not verdict and len(result) == len(right) and value.percent and value.value * 100 == worth_left.value:
        verdict = True
    if verdict is False and _doubtful(text, left, right, whole, worth_left):
        verdict = None
    start = left[0].start
    return Equation(
        start, stated_span[1], spelled(left), worth_left.value, stated, value.value, (stated_span,), verdict
    )


def _doubtful(text: str, left: Side, right: Side, whole: Worth | None, worth_left: Worth) -> bool:
    return (
        whole is None
        or whole.percent
        or worth_left.percent
        or doubtful_shape(left, text)
        or doubtful_before(text, left[0].start)
        or doubtful_after(text, right[-1].end)
    )


def _result(right: Side) -> Side:
    """The leading number of a right side, with its sign."""
    at = 1 if right[0].kind == "op" and right[0].text == "-" else 0
    if at >= len(right) or right[at].kind != "num":
        return []
    following = right[at + 1] if at + 1 < len(right) else None
    if following is not None and (following.kind != "op" or following.text == "^"):
        return []  # 2 1/2, 50%, 3(4)
    return right[: at + 1]


def _note(text: str, note: TextToken, following: TextToken | None) -> Equation | None:
    """What a calculator note states; the digits right after it repeat its result."""
    inside = text[note.start + 2 : note.end - 2]
    cut = note.start + 2 + inside.rindex("=")
    left, right = tokens_in(text, note.start + 2, cut), tokens_in(text, cut + 1, note.end - 2)
    worth_left, value = worth(left), worth(right)
    if worth_left is None or value is None or value.operations or not left or not right:
        return None
    spans, end = [(right[0].start, right[-1].end)], note.end
    if following is not None and following.kind == "num" and following.start - note.end <= 2:
        end = following.end
        repeated = worth([following])
        if repeated is not None and repeated.value == value.value:
            spans.append((following.start, following.end))
    verdict = holds(worth_left, spelled(right), value.value)
    if verdict is False and len(spans) == 1 and end != note.end:
        verdict = None  # note and text state two results: `<<22+21=43.55>>43`
    stated = text[slice(*spans[-1])]
    return Equation(
        note.start, end, spelled(left), worth_left.value, stated, value.value, tuple(spans), verdict
    )


def _with_left(noted: Equation, left: Side, worth_left: Worth) -> Equation:
    """The note's equation and the sum written before it as one statement.

    Where the two sums differ (`$3.30 x 3 = $<<3*3=9.90>>9.90`) one of them is right or the text means
    more than it says, so nothing is claimed.
    """
    if worth_left.value == noted.left_value:
        return replace(noted, start=left[0].start)
    return replace(noted, holds=None)


def _after_brackets(side: Side) -> Side:
    """The side after its last bracket that is not closed in it, and after one closed too often."""
    start, opened = 0, []
    for n, token in enumerate(side):
        if token.kind in ("lp", "lb"):
            opened.append(n)
        elif token.kind in ("rp", "rb"):
            if opened:
                opened.pop()
            else:
                start = n + 1
    if opened:
        start = opened[-1] + 1
    # a list's dash or star at the start of a line is no sign
    if start == 0 and len(side) > 1 and side[0].text == "*":
        start = 1
    return side[start:]


def _before_brackets(side: Side) -> Side:
    """The side before a bracket that it closes but did not open, without a dangling `/` of a unit."""
    depth = 0
    side = side[: MAX_SIDE + 1]
    for n, token in enumerate(side):
        depth += (token.kind in ("lp", "lb")) - (token.kind in ("rp", "rb"))
        if depth < 0:
            return side[:n]
    while side and (side[-1].kind in ("lp", "lb") or (side[-1].kind == "op" and len(side) > 1)):
        side = side[:-1]
    return side
