"""Causes: the one wrong thing, by kind of mistake, before anything follows from it.

Each kind looks through the equations of a solution in random order and yields changes, the likelier
ones of an equation first. Whether a change can be carried through is `propagate`'s business.
"""

import math
import random
from collections.abc import Callable, Iterator
from fractions import Fraction

from generators.dataflow.graph import Graph
from generators.dataflow.omission_causes import dropped_case, final_answer, missing_step
from generators.dataflow.operand_causes import context_value, counting, previous_step_value, unit_conversion
from generators.dataflow.operator_causes import operator
from generators.dataflow.propagate import Change
from generators.dataflow.slips import difficulty, sign_slips, wrong_results

Maker = Callable[[Graph, int, random.Random], Iterator[Change]]


def causes(graph: Graph, kind: str, rng: random.Random) -> Iterator[Change]:
    """Changes of one kind, lazily; none where it does not apply."""
    if kind == "final_answer":
        yield from final_answer(graph, rng)
        return
    order = _nodes(graph, rng)
    if kind == "calculation":
        order.sort(key=lambda i: -(rng.random() ** (1 / difficulty(graph.nodes[i]))))
    for index in order:
        yield from MAKERS[kind](graph, index, rng)


def _nodes(graph: Graph, rng: random.Random) -> list[int]:
    order = [i for i, node in enumerate(graph.nodes) if node.simple and node.holds is True]
    rng.shuffle(order)
    return order


def _result(graph: Graph, index: int, value: Fraction) -> Change:
    return Change(graph.nodes[index].step, {}, {index: value})


def _calculation(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    node = graph.nodes[index]
    if node.result.denominator > 100 or all(o.value < 3 for o in node.operands):
        return
    for value in wrong_results(node, rng)[:8]:
        yield _result(graph, index, value)


def _sign(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    for value in sign_slips(graph.nodes[index]):
        yield _result(graph, index, value)


def _rounding(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """12.5 is written 13 (or 12), 3.75 is written 3.8, and the solution goes on from there."""
    node = graph.nodes[index]
    if node.result.denominator == 1:
        return
    value = node.result
    up, down = Fraction(math.floor(value + Fraction(1, 2))), Fraction(math.floor(value))
    tenth = Fraction(math.floor(value * 10 + Fraction(1, 2)), 10)
    for rounded in dict.fromkeys([up, down, tenth]):
        if rounded == value or rounded <= 0:
            continue
        yield _result(graph, index, rounded)


MAKERS: dict[str, Maker] = {
    "calculation": _calculation,
    "operator": operator,
    "context_value": context_value,
    "previous_step_value": previous_step_value,
    "counting": counting,
    "unit_conversion": unit_conversion,
    "missing_step": missing_step,
    "dropped_case": dropped_case,
    "rounding": _rounding,
    "sign": _sign,
}
