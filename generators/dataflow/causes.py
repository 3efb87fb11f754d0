"""Causes: the one wrong thing, by kind of mistake, before anything follows from it.

Each kind looks through the equations of a solution in random order and yields changes, the likelier
ones of an equation first. Whether a change can be carried through is `propagate`'s business.
"""

import math
import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from filters.verify.rounding import agrees
from generators.dataflow.graph import Graph, Node, Place
from generators.dataflow.numerals import Given, implied_by, number_word, rewritten
from generators.dataflow.propagate import Change, fits
from generators.dataflow.slips import difficulty, sign_slips, wrong_results

Maker = Callable[[Graph, int, random.Random], Iterator[Change]]

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
_OPENS_WITH = re.compile(
    r"\s*(?:so|then|therefore|thus|this|that|after|finally|next|also|hence|now|but|and|however|these|those|"
    r"in total|altogether|the total|since then|it|they|he also|she also|with)\b",
    re.I,
)
_MARKER = re.compile(r"(\s*(?:Step )?)(\d+)([.:)])")


def _nodes(graph: Graph, rng: random.Random) -> list[int]:
    order = [i for i, node in enumerate(graph.nodes) if node.simple and node.holds is True]
    rng.shuffle(order)
    return order


def causes(graph: Graph, kind: str, rng: random.Random) -> Iterator[Change]:
    """Changes of one kind, lazily; none where it does not apply."""
    if kind == "final_answer":
        yield from _final_answer(graph, rng)
        return
    order = _nodes(graph, rng)
    if kind == "calculation":
        order.sort(key=lambda i: -(rng.random() ** (1 / difficulty(graph.nodes[i]))))
    for index in order:
        yield from MAKERS[kind](graph, index, rng)


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


def _operator(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
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


def _with_operand(graph: Graph, index: int, at: int, new: Fraction) -> Change | None:
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


def _context_value(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    node = graph.nodes[index]
    for at in _shuffled(len(node.operands), rng):
        results, given = _sources(graph, index, node.operands[at].value)
        if results or not given or any(g.percent or g.money != given[0].money for g in given):
            continue
        others = [g for g in graph.given if g.value != given[0].value and not g.percent]
        others = [g for g in others if g.money == given[0].money and _near(g.value, given[0].value)]
        rng.shuffle(others)
        others.sort(key=lambda g: g.unit != given[0].unit)
        for value in dict.fromkeys([*(g.value for g in others), *_miscopied(given[0].value)]):
            change = _with_operand(graph, index, at, value)
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


def _previous_step_value(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    node = graph.nodes[index]
    for at in _shuffled(len(node.operands), rng):
        value = node.operands[at].value
        results, _given = _sources(graph, index, value)
        if len(results) != 1 or value in graph.explained or graph.nodes[results[0]].step == node.step:
            continue
        earlier = [n for n in graph.nodes[:index] if n.step < node.step]
        wrong = [n.result for n in reversed(earlier) if n.result != value]
        source = graph.nodes[results[0]]
        wrong += [o.value for o in source.operands if o.value > 2 and len(source.signs) == 1]
        for other in dict.fromkeys(wrong):
            change = _with_operand(graph, index, at, other) if _near(other, value) else None
            if change is not None:
                yield change


def _counting(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """A count of the statement, off by one."""
    node = graph.nodes[index]
    for at in _shuffled(len(node.operands), rng):
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
            change = _with_operand(graph, index, at, other)
            if change is not None:
                yield change


def _unit_conversion(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    node = graph.nodes[index]
    for at in _shuffled(len(node.operands), rng):
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
            change = _with_operand(graph, index, at, Fraction(other))
            if change is not None:
                yield change


def _dropped_case(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
    """One of three or more summands is forgotten."""
    node = graph.nodes[index]
    if len(node.operands) < 3 or not node.flat or len(node.signs) != len(node.operands) - 1:
        return
    if any(s.plain not in "+-" for s in node.signs):
        return
    values = [o.value for o in node.operands]
    for at in _shuffled(len(values) - 1, rng):
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


def _missing_step(graph: Graph, index: int, rng: random.Random) -> Iterator[Change]:
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


def _final_answer(graph: Graph, rng: random.Random) -> Iterator[Change]:
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


def _shuffled(count: int, rng: random.Random) -> list[int]:
    return rng.sample(range(count), count)


def is_false(node: Node, value: Fraction, text: str) -> bool:
    """Whether stating `value` as the node's result would be false for certain."""
    left = node.value_with(tuple(o.value for o in node.operands))
    return left is not None and agrees(left, value, text, any(s.plain == "/" for s in node.signs)) is False


MAKERS: dict[str, Maker] = {
    "calculation": _calculation,
    "operator": _operator,
    "context_value": _context_value,
    "previous_step_value": _previous_step_value,
    "counting": _counting,
    "unit_conversion": _unit_conversion,
    "missing_step": _missing_step,
    "dropped_case": _dropped_case,
    "rounding": _rounding,
    "sign": _sign,
}
