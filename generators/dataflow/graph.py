"""A worked solution as a graph: which value is computed from which, and every place it is written.

    Natalia sold 48/2 = <<48/2=24>>24 clips in May.          equation 0: operands 48 and 2, result 24
    Natalia sold 48+24 = <<48+24=72>>72 clips altogether.    equation 1: operands 48 and 24 (of 0)

A number is written at one or more places: an operand in the text and again in the calculator note, a
result in the note and after it. Numbers that stand in no equation are mentions. Which result an operand
or mention repeats is decided by `propagate`, and only where it matters.

Not covered: variables, percent signs inside expressions, fractions as results, numbers in words
that repeat a result. They are kept as what nothing may be said of.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache

from filters.verify.arithmetic import Token, tokens_of, value_of
from filters.verify.equations import Equation, equations
from filters.verify.math.extract import extract_answer
from filters.verify.statements import sides_of
from generators.dataflow.numerals import (
    NUMBER_WORDS,
    Given,
    explained,
    given_numbers,
    implied_by,
    is_unit,
    value_of_token,
)
from generators.steps import split_steps
from schemas.attempt import Step

Place = tuple[int, int]
_PLAIN = {
    "×": "*", "·": "*", "x": "*", "X": "*", "\\times": "*", "\\cdot": "*",
    "÷": "/", "\\div": "/", "−": "-", "–": "-",
}  # fmt: skip
_ENDS = frozenset({"number", "close", "percent", "fraction"})
_MARKER = re.compile(r"\s*(?:Step )?\d+[.:)]")


@dataclass(frozen=True, slots=True)
class Operand:
    """A number of an expression, and where it is written: in the text, in the note, or both."""

    value: Fraction
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator (+ - * /), where it is written, and how many operands stand before it."""

    plain: str
    places: tuple[Place, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Node:
    """An equation of a step. `tokens` is its expression; `simple` where every place of it is understood."""

    step: int
    start: int
    end: int
    tokens: tuple[Token, ...]
    operands: tuple[Operand, ...]
    signs: tuple[Sign, ...]
    result: Fraction
    result_places: tuple[Place, ...]
    holds: bool | None
    simple: bool
    flat: bool
    """No brackets and no percent signs."""

    def value_with(
        self, operands: tuple[Fraction, ...], signs: tuple[str, ...] | None = None
    ) -> Fraction | None:
        """The expression's value with other operands (and operators); None where there is none."""
        numbers, plain = iter(operands), iter(signs or [s.plain for s in self.signs])
        tokens: list[Token] = []
        for at, token in enumerate(self.tokens):
            if token.kind == "number":
                tokens += _number_tokens(next(numbers))
            elif _binary(self.tokens, at):
                tokens.append(Token("operator", next(plain), 0, 0))
            else:
                tokens.append(token)
        return value_of(tokens)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number outside equations. `plain` is false for 3:30, 5th, 20%, 1/2, #4 and numbers in words."""

    value: Fraction
    place: Place
    step: int
    plain: bool
    final: bool = False


@dataclass(frozen=True)
class Graph:
    """A solution read as a graph. `opaque` are the steps with an `=` or a letter that is not understood."""

    text: str
    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    mentions: tuple[Mention, ...]
    opaque: frozenset[int]
    given: tuple[Given, ...]
    explained: frozenset[Fraction]
    context: str = field(repr=False)
    """Statement and solution in lower case, to look for words of units in."""

    @cached_property
    def money(self) -> frozenset[Fraction]:
        """Results that stand after a dollar sign."""
        found = set()
        for node in self.nodes:
            start = node.result_places[-1][0]
            note = self.text.rfind("$<<", 0, start)
            noted = note >= node.start - 3 and ">>" in self.text[note:start][-2:]
            if self.text[start - 1] == "$" or noted:
                found.add(node.result)
        return frozenset(found)

    def is_money(self, value: Fraction) -> bool:
        """Whether a result is an amount in dollars, wherever the solution states it."""
        return value in self.money

    @property
    def negatives(self) -> bool:
        """Whether the solution goes below zero somewhere: it is about numbers, not about things."""
        return any(n.result < 0 for n in self.nodes)

    @property
    def commas(self) -> bool:
        """Whether thousands are separated somewhere."""
        return re.search(r"\d,\d{3}", self.text) is not None

    def step_text(self, number: int) -> str:
        """Text of one step."""
        return self.text[self.steps[number].start : self.steps[number].end]

    def is_elsewhere(self, value: Fraction, step: int | None = None) -> bool:
        """Whether a value may come from the statement, a unit or a word (of a step) instead of a result."""
        if value in self.explained or value == 1 or is_unit(value, self.context):
            return True
        text = self.text if step is None else self.step_text(step)
        return value.denominator == 1 and value.numerator in implied_by(text)

    def of_step(self, number: int) -> list[int]:
        """Indices of a step's equations."""
        return [i for i, node in enumerate(self.nodes) if node.step == number]


@lru_cache(maxsize=512)
def read(statement: str, solution: str) -> Graph:
    """The graph of a solution. Never raises; what is not understood is opaque."""
    steps = split_steps(solution)
    nodes: list[Node] = []
    mentions: list[Mention] = []
    opaque: set[int] = set()
    final = extract_answer(solution)
    final_place = (final.start, final.end) if final is not None else (-1, -1)
    for number, step in enumerate(steps):
        tokens = signed(tokens_of(solution[step.start : step.end], step.start))
        stated = equations(solution[step.start : step.end])
        found = [_node(solution, tokens, number, e, step.start) for e in stated]
        nodes += found
        taken = {p for n in found for o in n.operands for p in o.places} | {
            p for n in found for p in n.result_places
        }
        mentions += _mentions(solution, tokens, number, taken, found, final_place)
        if _opaque(solution, tokens, found):
            opaque.add(number)
    return Graph(
        solution,
        steps,
        tuple(nodes),
        tuple(mentions),
        frozenset(opaque),
        given_numbers(statement),
        explained(statement),
        f"{statement}\n{solution}".lower(),
    )


def _number_tokens(value: Fraction) -> list[Token]:
    top = Token("number", str(abs(value.numerator)), 0, 0)
    if value.denominator == 1 and value >= 0:
        return [top]
    sign = [Token("operator", "-", 0, 0)] if value < 0 else []
    under = [Token("operator", "/", 0, 0), Token("number", str(value.denominator), 0, 0)]
    return [
        Token("open", "(", 0, 0),
        *sign,
        top,
        *(under if value.denominator > 1 else []),
        Token("close", ")", 0, 0),
    ]


def _node(text: str, tokens: list[Token], step: int, equation: Equation, offset: int) -> Node:
    start, end = equation.start + offset, equation.end + offset
    places = tuple((a + offset, b + offset) for a, b in equation.result_spans)
    inside = [t for t in tokens if start <= t.start < end]
    note = next((t for t in inside if t.kind == "note"), None)
    if note is None:
        left = sides_of(inside)[0]
        twin: list[Token] | None = None
        aligned = bool(left) and left[-1].end <= places[0][0]
    else:
        left = sides_of(signed(tokens_of(note.text[2:-2], note.start + 2)))[0]
        before = [t for t in tokens if t.end <= note.start]
        twin, read = (
            (sides_of([t for t in before if t.start >= start])[0], True)
            if start < note.start
            else _twin(before, left)
        )
        if twin is not None and _shape(twin) != _shape(left):
            twin = _reordered(left, twin)
            aligned = twin is not None
        else:
            aligned = True
        aligned = aligned and (read or not _unread(before))
    operands, signs = _parts(left, twin if aligned else None)
    numeric = all(re.fullmatch(r"-?[\d,]*\.?\d+", text[a:b]) for a, b in places)
    kinds = {t.kind for t in left}
    simple = (
        aligned
        and numeric
        and not kinds & {"fraction", "note", "percent"}
        and all(number_of(text[a:b]) == equation.stated_value for a, b in places)
        and text[end : end + 1] != "%"
    )
    node = Node(
        step, start, end, tuple(t for t in left if t.kind != "skip"), operands, signs, equation.stated_value,
        places, equation.holds, simple, not kinds & {"open", "close", "percent"},
    )  # fmt: skip
    if simple and node.value_with(tuple(o.value for o in operands)) != equation.left_value:
        return replace(node, simple=False)
    return node


def number_of(written: str) -> Fraction | None:
    """The value of a written number, None where it is none."""
    tokens = signed(tokens_of(written))
    return value_of_token(tokens[0]) if len(tokens) == 1 and tokens[0].kind == "number" else None


def _binary(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token is an operator between two operands, not a sign."""
    return tokens[at].kind == "operator" and at > 0 and tokens[at - 1].kind in _ENDS


def signed(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with a minus that belongs to its number joined to it: `-2 + 19`, `= -60`, `\\boxed{-3}`."""
    found: list[Token] = []
    for token in tokens:
        minus = found[-1] if found else None
        if token.kind == "number" and minus is not None and minus.text == "-" and minus.end == token.start:
            before = next((t for t in reversed(found[:-1]) if t.kind != "skip"), None)
            if before is None or not (
                before.kind in _ENDS or (before.kind == "word" and before.end == minus.start)
            ):
                found[-1] = Token("number", f"-{token.text}", minus.start, token.end)
                continue
        found.append(token)
    return found


def _plain(token: Token) -> str:
    return _PLAIN.get(token.text, token.text)


def _shape(tokens: list[Token]) -> list[object]:
    """Values and operators in order."""
    return [
        value_of_token(t) if t.kind == "number" else _plain(t)
        for t in tokens
        if t.kind not in {"skip", "word", "note"}
    ]


def _twin(before: list[Token], left: list[Token]) -> tuple[list[Token] | None, bool]:
    """The expression as the text writes it between words (`16 emails - 7 emails =`), and whether it was found."""
    rest = [t for t in before if t.kind != "skip"]
    while rest and rest[-1].kind in {"equals", "other"} and rest[-1].text in {"=", "≈"}:
        rest.pop()
    arithmetic = [
        t
        for at, t in enumerate(rest)
        if t.kind in {"number", "operator", "open", "close"} and not _joins_words(rest, at)
    ]
    wanted = [t for t in left if t.kind != "skip"]
    tail = arithmetic[-len(wanted) :]
    if len(tail) == len(wanted) and _shape(tail) == _shape(wanted):
        between = [t for t in rest if tail[0].start <= t.start <= tail[-1].start]
        if not any(t.text in ".;" or t.kind in {"newline", "equals", "note"} for t in between):
            return tail, True
    return None, False


def _joins_words(tokens: list[Token], at: int) -> bool:
    """`miles/hour`, `8-ounce`: a sign that stands at a word on one side at least, without a space."""
    token = tokens[at]
    if token.kind != "operator" or not 0 < at < len(tokens) - 1 or token.text not in {"/", "-"}:
        return False
    before, after = tokens[at - 1], tokens[at + 1]
    tight = before.end == token.start and token.end == after.start
    return tight and "word" in (before.kind, after.kind)


def _unread(before: list[Token]) -> bool:
    """Whether the text writes an expression before the note that is not the note's own."""
    rest = [t for t in before if t.kind != "skip"]
    at = len(rest)
    while at and rest[at - 1].text not in {".", ";", ","} and rest[at - 1].kind not in {"newline", "note"}:
        at -= 1
    clause = rest[at:]
    return any(
        t.kind == "operator" and i and i + 1 < len(clause) and not _joins_words(clause, i)
        for i, t in enumerate(clause)
    )


def _reordered(left: list[Token], twin: list[Token]) -> list[Token] | None:
    """The text's tokens in the note's order where both add (or multiply) the same numbers; None otherwise."""
    mine = [t for t in left if t.kind != "skip"]
    other = [t for t in twin if t.kind not in {"skip", "word", "note"}]
    if len(mine) != len(other) or {_plain(t) for t in (*mine, *other) if t.kind != "number"} not in (
        {"+"},
        {"*"},
    ):
        return None
    numbers = [t for t in other if t.kind == "number"]
    found: list[Token] = []
    for at, token in enumerate(mine):
        if token.kind != "number":
            found.append(other[at])
            continue
        same = next((t for t in numbers if value_of_token(t) == value_of_token(token)), None)
        if same is None or other[at].kind != "number":
            return None
        numbers.remove(same)
        found.append(same)
    return found


def _parts(left: list[Token], twin: list[Token] | None) -> tuple[tuple[Operand, ...], tuple[Sign, ...]]:
    """Operands and operators with all places, the text's before the note's."""
    mine = [t for t in left if t.kind != "skip"]
    other = [t for t in twin if t.kind not in {"skip", "word", "note"}] if twin else []
    operands: list[Operand] = []
    signs: list[Sign] = []
    for at, token in enumerate(mine):
        same = [other[at]] if at < len(other) else []
        places = tuple((t.start, t.end) for t in [*same, token])
        if token.kind == "number":
            operands.append(Operand(value_of_token(token) or Fraction(0), places))
        elif _binary(mine, at):
            signs.append(Sign(_plain(token), places, len(operands)))
    return tuple(operands), tuple(signs)


def _mentions(
    text: str, tokens: list[Token], step: int, taken: set[Place], nodes: list[Node], final: Place
) -> list[Mention]:
    found = []
    marker = _MARKER.match(text, tokens[0].start) if tokens else None
    rest = [t for t in tokens if t.kind != "skip"]
    for _at, token in enumerate(rest):
        place = (token.start, token.end)
        if place in taken or (marker and token.end <= marker.end()):
            continue
        if token.kind == "number" and any(n.start <= token.start < n.end and n.simple for n in nodes):
            continue
        if token.kind == "word" and token.text.lower() in NUMBER_WORDS and token.text.lower() != "one":
            found.append(Mention(Fraction(NUMBER_WORDS[token.text.lower()]), place, step, False))
        elif token.kind == "number":
            value = value_of_token(token)
            plain = value is not None and _alone(text, token)
            is_final = final[0] <= token.start and token.end <= final[1]
            found.append(Mention(value or Fraction(-1), place, step, plain, is_final))
        elif token.kind in {"fraction"} or (
            token.kind == "note" and not any(n.start <= token.start < n.end for n in nodes)
        ):
            found.append(Mention(Fraction(-1), place, step, False))
    return found


def _alone(text: str, token: Token) -> bool:
    """Whether a number is a plain one: no part of a time, an ordinal, a fraction, a percent, a code."""
    before = text[max(0, token.start - 2) : token.start]
    after = text[token.end : token.end + 8]
    if re.match(r"(?:st|nd|rd|th|[A-Za-z]|\s?%|\\%|:\d|/|\s?percent|\s?[ap]\.?m)", after) and not re.match(
        r"[ap]art", after
    ):
        return False
    return not re.search(r"[A-Za-z:/^_.<>]$|(?<!#)#$|-$", before) or before == "$."


def _labels(text: str, equals: Token, nodes: list[Node]) -> bool:
    """Whether an equals sign stands before an equation or its note: `Her age = 14/2 = 7`."""
    following = text[equals.end : equals.end + 4]
    start = equals.end + len(following) - len(following.lstrip(" $"))
    named = re.search(r"[a-z]{2}\s*$", text[max(0, equals.start - 4) : equals.start]) is not None
    return text.startswith("<<", start) or (
        named and any(start in (n.start, n.operands[0].places[0][0]) for n in nodes if n.operands)
    )


def _opaque(text: str, tokens: list[Token], nodes: list[Node]) -> bool:
    """An equals sign or a comparison outside the equations read, or a variable."""
    for token in tokens:
        if any(n.start <= token.start < n.end for n in nodes):
            continue
        if token.kind == "note":
            return True
        if token.kind == "equals" and not _labels(text, token, nodes):
            return True
        if (
            token.kind == "word"
            and len(token.text) == 1
            and token.text in "bcdefghjklmnopqrstuvwxyzBCDEFGHJKLMNOPQRSTUVWXYZ"
        ):
            after, before = text[token.end : token.end + 2], text[max(0, token.start - 1) : token.start]
            if before.isdigit() or after.strip()[:1] in {"+", "*", "/", "="} or before in {"*", "+"}:
                return True
        if token.text in {"<", ">", "≈", "^"} or (
            token.kind == "command" and token.text not in {"\\boxed", "\\text"}
        ):
            return True
    return False
