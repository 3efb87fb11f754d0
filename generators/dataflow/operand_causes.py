"""Wrong operands: a value from the wrong place, a count off by one, a unit taken for another."""

import random
import re
from collections.abc import Iterator
from fractions import Fraction

from generators.dataflow.graph import Graph, Node, Place
from generators.dataflow.numerals import Given, implied_by, number_word, rewritten
from generators.dataflow.propagate import Change, fits

_CONFUSED_UNITS: dict[int, tuple[re.Pattern[str], tuple[int, ...]]] = {
    60: (re.compile(r"hour|minute|second"), (100, 10, 24)),
    12: (re.compile(r"month|year|dozen|inch|foot|feet"), (10,)),
    7: (re.compile(r"week|daily|every day"), (5, 6)),
    24: (re.compile(r"day.*hour|hour.*day", re.S), (12,)),
    52: (re.compile(r"year|annual"), (50, 48)),
    365: (re.compile(r"year|annual"), (360, 300)),
    100: (re.compile(r"cents|centimet|pennies|\bcm\b"), (10, 1000)),
    1000: (re.compile(r"kilo|gram|lit(?:er|re)|\bm[lm]\b|\bk[gm]\b|meter"), (100, 10)),
    16: (re.compile(r"ounce|pound"), (12, 10, 8)),
    3: (re.compile(r"yard"), (12,)),
    36: (re.compile(r"yard"), (12,)),
    4: (re.compile(r"weeks?\b.*month|month.*week|quarts|gallon", re.S), (5,)),
    30: (re.compile(r"month"), (31, 28)),
    3600: (re.compile(r"hour"), (360, 60)),
    2000: (re.compile(r"\btons?\b"), (1000,)),
}
"""Constants of units with words that must be there, and what they are mistaken for."""


_NOT_COUNTED = frozenset(
    [
        "less",
        "times",
        "dollars",
        "cents",
        "pounds",
        "ounces",
        "inches",
        "miles",
        "grams",
        "kilograms",
        "liters",
        "meters",
        "yards",
        "gallons",
        "points",
        "degrees",
        "percents",
        "others",
        "is",
        "was",
        "has",
    ]
)
"""Words ending in s after a number that are no things one counts one by one."""


def context_value(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """A number of the statement in another's place, or read wrongly."""
    node = graph.nodes[index]
    for at in shuffled(len(node.operands), rng):
        results, given = _sources(graph, index, node.operands[at].value)
        if results or not given or any(g.percent or g.money != given[0].money for g in given):
            continue
        others = [g for g in graph.given if g.value != given[0].value and not g.percent]
        others = [g for g in others if g.money == given[0].money and _near(g.value, given[0].value)]
        rng.shuffle(others)
        others.sort(key=lambda g: g.unit != given[0].unit)
        for value in dict.fromkeys([*(g.value for g in others), *_miscopied(given[0].value)]):
            change = with_operand(graph, index, at, value)
            if change is not None:
                yield change


def _near(a: Fraction, b: Fraction) -> bool:
    return Fraction(1, 12) <= a / b <= 12 if a and b else False


def _miscopied(value: Fraction) -> list[Fraction]:
    """A number read wrongly: two digits changed places, the last digit's neighbour, or a zero lost."""
    if value.denominator != 1 or value < 12:
        return []
    near = [value - 1, value + 1] if value % 10 not in (0, 9) else []
    digits = str(value.numerator)
    found = []
    for at in range(len(digits) - 1):
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        if swapped[0] != "0" and digits[at + 1] != "0" and swapped != digits:
            found.append(Fraction(int(swapped)))
    return [*reversed(found), *near, *([value / 10] if value % 1000 == 0 else [])]


def previous_step_value(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """A result of another step, or what the right one was computed from."""
    node = graph.nodes[index]
    for at in shuffled(len(node.operands), rng):
        value = node.operands[at].value
        results, _given = _sources(graph, index, value)
        if len(results) != 1 or value in graph.explained or graph.nodes[results[0]].step == node.step:
            continue
        earlier = [n for n in graph.nodes[:index] if n.step < node.step]
        wrong = [n.result for n in reversed(earlier) if n.result != value]
        source = graph.nodes[results[0]]
        wrong += [o.value for o in source.operands if o.value > 2 and len(source.signs) == 1]
        for other in dict.fromkeys(wrong):
            change = with_operand(graph, index, at, other) if _near(other, value) else None
            if change is not None:
                yield change


def counting(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """A count of the statement, off by one."""
    node = graph.nodes[index]
    for at in shuffled(len(node.operands), rng):
        value = node.operands[at].value
        results, given = _sources(graph, index, value)
        counts = [g for g in given if g.unit.endswith("s") and not (g.money or g.percent)]
        counts = [g for g in counts if g.unit not in _NOT_COUNTED]
        if (
            results
            or not counts
            or len(given) != len(counts)
            or _used_before(graph, node, value)
            or value.denominator != 1
            or not 3 <= value <= 40
        ):
            continue
        for other in rng.sample([value - 1, value + 1], 2):
            change = with_operand(graph, index, at, other)
            if change is not None:
                yield change


def unit_conversion(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """A constant of units taken for another."""
    node = graph.nodes[index]
    for at in shuffled(len(node.operands), rng):
        value = node.operands[at].value
        results, given = _sources(graph, index, value)
        beside = [s for s in node.signs if s.after in (at, at + 1)]
        words, others = _CONFUSED_UNITS.get(value.numerator, (None, ()))
        if results or given or value.denominator != 1 or words is None or not words.search(graph.context):
            continue
        if _used_before(graph, node, value):
            continue
        if not any(s.plain in "*/" for s in beside):
            continue
        for other in others:
            change = with_operand(graph, index, at, Fraction(other))
            if change is not None:
                yield change


def with_operand(graph: Graph, index: int, at: int, new: Fraction) -> Change | None:
    """The operand written otherwise in its equation and in the words of its step, and the result of that."""
    node = graph.nodes[index]
    old = node.operands[at].value
    values = [o.value for o in node.operands]
    step = graph.step_text(node.step)
    if new in (old, 1) or old == 1 or new <= 0 or values.count(old) > 1 or new in values:
        return None
    if old.denominator == 1 and old.numerator in implied_by(step):
        return None
    if any(o.value == old for i in graph.of_step(node.step) if i != index for o in graph.nodes[i].operands):
        return None
    if _used_again(graph, node, old):
        return None
    said = [m for m in graph.mentions if m.step == node.step and m.value == old]
    if len(said) > 1:
        return None
    places: dict[Place, str] = {}
    for place in [*node.operands[at].places, *(m.place for m in said)]:
        text = _as_there(graph, place, old, new)
        if text is None or not fits(graph.text, place, text):
            return None
        places[place] = text
    values[at] = new
    value = node.value_with(tuple(values))
    if value is None:
        return None
    return Change(node.step, places, {index: value}, fixed=frozenset({index}))


def _used_again(graph: Graph, node: Node, value: Fraction) -> bool:
    """Whether a later step states the value itself: a text with 5 days and then 6 days again has two minds."""
    if any(n.step > node.step and value in {o.value for o in n.operands} for n in graph.nodes):
        return True
    return any(m.step > node.step and m.value == value and not m.final for m in graph.mentions)


def _used_before(graph: Graph, node: Node, value: Fraction) -> bool:
    """Whether an earlier step states the value."""
    if any(n.step < node.step and value in {o.value for o in n.operands} for n in graph.nodes):
        return True
    return any(m.step < node.step and m.value == value for m in graph.mentions)


def _as_there(graph: Graph, place: Place, old: Fraction, new: Fraction) -> str | None:
    """The new value as digits or as a word, as the old one is written."""
    written = graph.text[slice(*place)]
    if written[0].isalpha():
        return number_word(new, written)
    return rewritten(written, old, new, graph.commas)


def _sources(graph: Graph, index: int, value: Fraction) -> tuple[list[int], list[Given]]:
    """Earlier results and numbers of the statement that have a value."""
    return (
        [i for i in range(index) if graph.nodes[i].result == value],
        [g for g in graph.given if g.value == value],
    )


def shuffled(count: int, rng: random.Random) -> list[int]:
    """0 to count - 1 in random order."""
    return rng.sample(range(count), count)
