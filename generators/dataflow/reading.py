"""Reading a solution as a graph: the steps, their equations, and the numbers between them."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from filters.verify.arithmetic import Token, tokens_of
from filters.verify.equations import Equation, equations
from filters.verify.math.extract import extract_answer
from filters.verify.statements import sides_of
from generators.dataflow.graph import Graph, Mention, Node, Operand, Sign, binary
from generators.dataflow.mentions import is_opaque, mentions_of
from generators.dataflow.numerals import explained, given_numbers, value_of_token
from generators.dataflow.twins import plain_sign, reordered, shape, signed, twin_of, unread
from generators.steps import split_steps


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
        mentions += mentions_of(solution, tokens, number, taken, found, final_place)
        if is_opaque(solution, tokens, found):
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


def _node(text: str, tokens: list[Token], step: int, equation: Equation, offset: int) -> Node:
    """An equation of a step with every place where its numbers stand."""
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
            else twin_of(before, left)
        )
        if twin is not None and shape(twin) != shape(left):
            twin = reordered(left, twin)
            aligned = twin is not None
        else:
            aligned = True
        aligned = aligned and (read or not unread(before))
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
        elif binary(mine, at):
            signs.append(Sign(plain_sign(token), places, len(operands)))
    return tuple(operands), tuple(signs)
