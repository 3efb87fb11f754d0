"""Wrong operators: the ones people confuse, where the words of the step do not contradict them."""

import random
import re
from collections.abc import Iterator
from fractions import Fraction

from generators.dataflow.graph import Graph, Node, Place
from generators.dataflow.propagate import Change

_OTHER_SIGN = {"+": "-*", "-": "+", "*": "+/", "/": "*-"}


_SMALL_FACTOR = 12
"""Two larger numbers are not multiplied by mistake: the result is out of all proportion."""


_FORBIDS = {
    "+-": re.compile(r"total|altogether|\bsum|combined|together|in all|more than|\badd|plus|increas", re.I),
    "-+": re.compile(
        r"\bleft\b|more than|remain|differen|\bless|fewer|subtract|minus|change|short|decreas|still|rest\b", re.I
    ),
    "*+": re.compile(r"twice|times|doubl|tripl|multipl|%|percent|half", re.I),
    "*/": re.compile(r"twice|times|doubl|tripl|multipl|%|percent|half|total|altogether", re.I),
    "/*": re.compile(r"half|third|quarter|divid|split|each|per\b|average|share|%|percent", re.I),
    "/-": re.compile(r"half|third|quarter|divid|split|each|per\b|average|percent|%", re.I),
    "+*": re.compile(r"\badd|plus|more than|\bsum|total|altogether|combined|together", re.I),
}  # fmt: skip
"""Words of a step that would contradict the other operator."""


def operator(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """An operator of one equation, exchanged."""
    node = graph.nodes[index]
    step = graph.step_text(node.step)
    values = tuple(o.value for o in node.operands)
    if any(s.plain == "/" and values[s.after - 1] < values[s.after] for s in node.signs):
        return  # 75/100 * 12: a share, which nobody adds
    order = list(range(len(node.signs)))
    rng.shuffle(order)
    for at in order:
        sign = node.signs[at]
        for other in _OTHER_SIGN[sign.plain]:
            forbids = _FORBIDS.get(sign.plain + other)
            if forbids is not None and forbids.search(_words(step)):
                continue
            plain = [s.plain for s in node.signs]
            plain[at] = other
            value = node.value_with(values, tuple(plain))
            if value is not None and not _absurd(graph, node, at, other, value):
                yield Change(
                    node.step, dict.fromkeys(sign.places, other), {index: value}, fixed=frozenset({index})
                )


def _absurd(graph: Graph, node: Node, at: int, other: str, value: Fraction) -> bool:
    """`3 green hats * 16 pink hats`, `250 * 470`, `20 / .4`: operators nobody confuses."""
    values = [o.value for o in node.operands]
    if other == "/":
        return any(v.denominator > 1 for v in (*values, value))
    if other != "*":
        return False
    words = re.search(r"[A-Za-z]{2}", graph.text[slice(*_between(node, at))])
    return min(values) > _SMALL_FACTOR or len(node.signs) > 1 or words is not None


def _between(node: Node, at: int) -> Place:
    """From the operand before an operator to the one after it, as first written."""
    after = node.signs[at].after
    return node.operands[after - 1].places[0][1], node.operands[after].places[0][0]


def _words(step: str) -> str:
    """A step without its notes and its arithmetic signs."""
    return re.sub(r"<<[^<>]*>>|(?<=[\d\s)])/(?=[\s\d(])", "", step)
