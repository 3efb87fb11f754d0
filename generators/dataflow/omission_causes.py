"""What is left out: a summand, a step, or the last result where the answer is given."""

import random
import re
from collections.abc import Iterator
from fractions import Fraction

from generators.dataflow.graph import Graph, Node, Place
from generators.dataflow.numerals import rewritten
from generators.dataflow.operand_causes import shuffled
from generators.dataflow.propagate import Change, fits

_OPENS_WITH = re.compile(
    r"\s*(?:so|then|therefore|thus|this|that|after|finally|next|also|hence|now|but|and|however|these|those|"
    r"in total|altogether|the total|since then|it|they|he also|she also|with)\b",
    re.I,
)


_MARKER = re.compile(r"(\s*(?:Step )?)(\d+)([.:)])")


def dropped_case(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """One of three or more summands is forgotten."""
    node = graph.nodes[index]
    if len(node.operands) < 3 or not node.flat or len(node.signs) != len(node.operands) - 1:
        return
    if any(s.plain not in "+-" for s in node.signs):
        return
    values = [o.value for o in node.operands]
    for at in shuffled(len(values) - 1, rng):
        place = _stretches(graph, node, at + 1)
        signs = [s.plain for s in node.signs]
        left = [*zip(["+", *signs], values, strict=True)]
        del left[at + 1]
        value = sum((v if s == "+" else -v for s, v in left), Fraction(0))
        if place is not None:
            yield Change(node.step, dict.fromkeys(place, ""), {index: value}, fixed=frozenset({index}))


def _stretches(graph: Graph, node: Node, at: int) -> list[Place] | None:
    """From the end of the operand before to the operand's own end, wherever it is written; None across words."""
    found = []
    before, own = node.operands[at - 1], node.operands[at]
    if len(before.places) != len(own.places):
        return None
    for (_, start), (begin, end) in zip(before.places, own.places, strict=True):
        if not re.fullmatch(r"\s*[-+–−]\s*\$?", graph.text[start:begin]):
            return None
        if not re.match(r"\s*(?:[-+=–−]|$)", graph.text[end : end + 3]):
            return None
        found.append((start, end))
    return found


def missing_step(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """A step is left out and the next one goes on from what that step started with."""
    node = graph.nodes[index]
    step, following = node.step, node.step + 1
    if len(graph.of_step(step)) != 1 or following >= len(graph.steps):
        return
    uses = any(node.result in {o.value for o in graph.nodes[i].operands} for i in graph.of_step(following))
    ends = following == len(graph.steps) - 1 and not graph.of_step(following)
    if not (uses or ends) or (step == 0 and _OPENS_WITH.match(_unnumbered(graph.step_text(following)))):
        return
    earlier = [n.result for n in graph.nodes[:index]]
    operands = [v for v in reversed(earlier) if v in {o.value for o in node.operands}]
    if not operands and uses:
        operands = sorted((o.value for o in node.operands), reverse=True)
    for value in dict.fromkeys(operands):
        if value > 2 and value != node.result:
            places = {(graph.steps[step].start, graph.steps[step].end): "", **_renumbered(graph, step)}
            yield Change(step, places, {index: value}, removed=step)


def _unnumbered(step: str) -> str:
    return _MARKER.sub("", step, count=1) if _MARKER.match(step) else step


def _renumbered(graph: Graph, removed: int) -> dict[Place, str]:
    """New numbers for the markers of later steps."""
    places = {}
    if _MARKER.match(graph.step_text(removed)):
        for number in range(removed + 1, len(graph.steps)):
            marker = _MARKER.match(graph.text, graph.steps[number].start)
            if marker:
                places[marker.span(2)] = str(int(marker[2]) - 1)
    return places


def final_answer(graph: Graph, rng: random.Random) -> Iterator[Change]:
    """The answer given at the end is another result than the last one."""
    final = next((m for m in graph.mentions if m.final and m.plain), None)
    last = len(graph.steps) - 1
    if final is None or not graph.nodes or final.step != last or graph.of_step(last):
        return
    if sum(m.step == last for m in graph.mentions) > 1:
        return
    others = [n.result for n in reversed(graph.nodes)] + [o.value for o in graph.nodes[-1].operands]
    for value in dict.fromkeys(others):
        text = rewritten(graph.text[slice(*final.place)], final.value, value, graph.commas)
        if text is not None and value not in (final.value, 1) and fits(graph.text, final.place, text):
            yield Change(last, {final.place: text}, {})
