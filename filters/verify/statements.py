"""Statements: stretches of arithmetic in a text, and what stands round them.

Half of 10 + 6 = 11 million   ->   `10 + 6 = 11`, whose left may be bent and whose right is scaled
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from filters.verify.arithmetic import ARITHMETIC, Token

_BENDS_LEFT = frozenset(
    [
        "half",
        "third",
        "quarter",
        "twice",
        "double",
        "triple",
        "thrice",
        "times",
        "of",
        "plus",
        "minus",
        "over",
    ]
).union(["by", "less", "more", "than", "squared", "and"])
"""Words before an expression that may change what it means: a false one is then only doubtful."""
_LABELS = frozenset(
    ["step", "week", "day", "month", "year", "round", "part", "case", "problem", "question", "stage"]
)
"""Words whose number is a name: `Step 3 - 4 + 5 = 9` computes 4 + 5."""
_SUMS_UP = frozenset(["total", "sum"])
_SCALES = frozenset(
    [
        "hundred",
        "thousand",
        "million",
        "billion",
        "dozen",
        "percent",
        "remainder",
        "r",
        "k",
        "m",
        "b",
        "cents",
    ]
)
"""Words after a result that change its value."""
_STOPS = frozenset(".,;?()[]\"'`“”‘’*#…—•-→:")
"""Signs that end what stands before an expression; any other may join them (`a @ 3 + 4`, `^`)."""


@dataclass(frozen=True)
class Statement:
    """Arithmetic tokens without a break, and what stands before and after them."""

    tokens: tuple[Token, ...]
    before: tuple[Token, ...]
    after: Token | None
    continues: bool
    """Whether the line before ends in an operator."""

    def bent(self) -> bool:
        """Whether what stands before may belong to the expression."""
        if self.continues:
            return True
        if not self.before:
            return False
        last, first = self.before[-1], next(t for t in self.tokens if t.kind != "skip")
        if last.kind == "word":
            word = last.text.lower()
            if word in _LABELS:
                return True
            if word in _BENDS_LEFT:
                earlier = self.before[-2].text.lower() if len(self.before) > 1 else ""
                return not (word == "of" and earlier in _SUMS_UP)
            adjacent = last.end == first.start
            return (len(word) == 1 and word not in "ai") or adjacent or _dangling(self.tokens)
        if last.text == ":":
            return last.end == first.start  # 3:30
        return last.text not in _STOPS

    def scaled(self) -> bool:
        """Whether what stands after may change the last result."""
        after, last = self.after, next(t for t in reversed(self.tokens) if t.kind != "skip")
        if after is None:
            return False
        adjacent = after.start == last.end
        if after.kind == "word":
            return after.text.lower() in _SCALES or (adjacent and len(after.text) == 1)
        if after.kind == "command":
            return after.text != "\\text"
        return adjacent and after.text in {"^", "_", "!", ":", "{", "|", "²", "³", "√"}


def _dangling(tokens: Sequence[Token]) -> bool:
    """A sign after a word is subtraction from it unless it stands at its number: `apples - 3`, `is -3`."""
    first = next((t for t in tokens if t.kind != "skip"), None)
    if first is None or first.kind != "operator":
        return False
    return not any(t.start == first.end and t.kind == "number" for t in tokens)


def statements(tokens: list[Token]) -> Iterator[Statement]:
    """Stretches of arithmetic that hold an equals sign or a note."""
    start = 0
    while start < len(tokens):
        end = start
        while end < len(tokens) and tokens[end].kind in ARITHMETIC:
            end += 1
        inner = tokens[start:end]
        if any(t.kind in {"equals", "note"} for t in inner):
            inner = _unwrapped(_without_bullet(inner, tokens[max(0, start - 1) : start]))
            line = [t for t in tokens[max(0, start - 4) : start] if t.kind != "skip"]
            while line and any(t.kind in {"newline", "math"} for t in line):
                line.pop(0)
            open_end = [t for t in tokens[max(0, start - 4) : start] if t.kind != "skip"][-2:]
            continues = [t.kind for t in open_end] == ["operator", "newline"]
            yield Statement(tuple(inner), tuple(line), tokens[end] if end < len(tokens) else None, continues)
        start = end + 1


def _unwrapped(inner: list[Token]) -> list[Token]:
    """Drop brackets round the whole statement: `(3 + 4 = 7)`."""
    parts = [t for t in inner if t.kind != "skip"]
    depth = sum((t.kind == "open") - (t.kind == "close") for t in sides_of(inner)[0])
    if depth == 1 and parts[0].kind == "open" and parts[-1].kind == "close":
        return inner[inner.index(parts[0]) + 1 : inner.index(parts[-1])]
    return inner


def _without_bullet(inner: list[Token], before: list[Token]) -> list[Token]:
    """Drop a list's dash or star at the beginning of a line."""
    at_line_start = not before or before[-1].kind == "newline"
    parts = [t for t in inner if t.kind != "skip"]
    if (
        at_line_start
        and len(parts) > 1
        and parts[0].text in {"-", "*", "–", "+"}
        and parts[1].start > parts[0].end
    ):
        return inner[inner.index(parts[0]) + 1 :]
    return inner


def sides_of(tokens: Sequence[Token]) -> list[list[Token]]:
    sides: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "equals":
            sides.append([])
        elif token.kind != "skip":
            sides[-1].append(token)
    return sides
