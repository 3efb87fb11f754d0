"""What follows from a changed value: every later place that repeats it or is computed from it.

    48/2 = <<48/2=34>>34 clips in May.  ->  48+34 = <<48+34=82>>82 clips altogether.

Nothing is guessed: where a number may repeat the changed value or may come from elsewhere (the
statement has the same number, two results are equal, a number of unknown origin stands further
down), the change is refused with the reason. So is what would read oddly: half a clip, a negative
count, `1 clips`, `an 9-page letter`, a percentage.
"""

import itertools
import re
from dataclasses import dataclass, field
from fractions import Fraction

from filters.verify.rounding import agrees
from generators.dataflow.graph import Graph, Mention, Node, Operand, Place
from generators.dataflow.numerals import rewritten
from schemas.injection import Edit

MOST_TIMES = 40
"""A value that grows or shrinks more than so many times is no longer a slip a reader would make."""


class Refused(Exception):
    """The change cannot be carried through; the reason is a slug."""


@dataclass
class Change:
    """A cause: texts of changed places, the values that equations get by it, and a step left out."""

    step: int
    places: dict[Place, str]
    results: dict[int, Fraction]
    removed: int | None = None
    fixed: frozenset[int] = field(default=frozenset())
    """Equations whose operands the cause itself has written."""


def propagate(graph: Graph, change: Change) -> tuple[tuple[Edit, ...], str]:
    """All edits in order, the first of them the cause, and the answer they end in; Refused with a slug."""
    follow = _Follow(graph, change)
    for index, node in enumerate(graph.nodes):
        if node.step >= change.step and node.step != change.removed:
            follow.equation(index, node)
    for mention in graph.mentions:
        if mention.place not in change.places and mention.step != change.removed:
            follow.mention(mention)
    return follow.edits(), follow.answer()


class _Follow:
    def __init__(self, graph: Graph, change: Change) -> None:
        self.graph, self.change = graph, change
        self.new: dict[int, Fraction] = {}
        self.texts: dict[Place, str] = dict(change.places)
        self.final: str | None = None
        if any(step >= change.step for step in graph.opaque):
            raise Refused("not_understood")
        known = {node.result for node in graph.nodes}
        for index, value in change.results.items():
            if change.removed is None and value in known:
                raise Refused("value_already_there")  # the wrong step would state a result of the right one
            if graph.nodes[index].step == change.removed:
                self.new[index] = value

    def equation(self, index: int, node: Node) -> None:
        """Trace the operands, compute the result anew, write both."""
        if not node.simple or node.holds is not True:
            raise Refused("equation_not_understood")
        if index in self.change.fixed:
            value = self.change.results[index]
        else:
            values = tuple(self._operand(index, node, o) for o in node.operands)
            if index in self.change.results:
                value = self.change.results[index]
            elif values == tuple(o.value for o in node.operands):
                return
            else:
                value = self._computed(node, values)
            for operand, new in zip(node.operands, values, strict=True):
                if new != operand.value:
                    self._write(operand.places, operand.value, new)
        if value != node.result:
            self.new[index] = value
            self._write(node.result_places, node.result, value)

    def mention(self, mention: Mention) -> None:
        """A number in the words: repeat the changed value, keep another, refuse a doubtful one."""
        value, step = mention.value, mention.step
        sources = [i for i, n in enumerate(self.graph.nodes) if n.result == value and n.step <= step]
        changed = [i for i in sources if i in self.new]
        if mention.final and changed and sources[-1] in self.new:
            self._repeat(mention, self.new[sources[-1]])
            return
        if not changed:
            self._keep(mention, bool(sources))
            return
        near = [i for i in changed if self.graph.nodes[i].step >= step - 1]
        if step < self.change.step:
            if not self.graph.is_elsewhere(value, step):
                raise Refused("stated_before")
            return
        if not near and self.graph.is_elsewhere(value, step):
            raise Refused("doubtful_mention")
        self._repeat(mention, self._only(sources, value, step))

    def edits(self) -> tuple[Edit, ...]:
        """Everything written, in order; the first place is the cause."""
        spans = sorted(self.texts.items())
        made = [
            Edit(start, end, text, "consequence" if at else "cause")
            for at, ((start, end), text) in enumerate(spans)
            if self.graph.text[start:end] != text
        ]
        if not made or any(a.end > b.start for a, b in itertools.pairwise(made)):
            raise Refused("places_overlap")
        return tuple(
            Edit(e.start, e.end, e.after, "consequence" if i else "cause") for i, e in enumerate(made)
        )

    def answer(self) -> str:
        """The answer the new text ends in, as written."""
        if self.final is not None:
            return self.final
        written = next((m for m in self.graph.mentions if m.final and m.place in self.change.places), None)
        if written is not None:
            return self.change.places[written.place]
        for index in range(len(self.graph.nodes) - 1, -1, -1):
            node = self.graph.nodes[index]
            if node.step != self.change.removed:
                if index not in self.new:
                    break
                return self.texts[node.result_places[-1]]
        raise Refused("answer_unchanged")

    def _operand(self, index: int, node: Node, operand: Operand) -> Fraction:
        value = operand.value
        sources = [i for i in range(index) if self.graph.nodes[i].result == value]
        changed = [i for i in sources if i in self.new]
        if not changed:
            if self.new and not sources and not self.graph.is_elsewhere(value, node.step):
                raise Refused("operand_of_unknown_origin")
            return value
        return self._only(sources, value, node.step)

    def _only(self, sources: list[int], value: Fraction, step: int) -> Fraction:
        """The one new value that a repeated old one can have."""
        if self.graph.is_elsewhere(value, step):
            raise Refused("doubtful_origin")
        news = {self.new.get(i, value) for i in sources}
        if len(news) > 1:
            raise Refused("two_results_alike")
        return news.pop()

    def _keep(self, mention: Mention, computed: bool) -> None:
        """A number that repeats nothing changed: it may stay unless it can have been derived from it."""
        if (
            not computed
            and mention.step >= self.change.step
            and not self.graph.is_elsewhere(mention.value, mention.step)
        ):
            raise Refused("mention_of_unknown_origin")
        if mention.final:
            raise Refused("answer_unchanged")

    def _repeat(self, mention: Mention, new: Fraction) -> None:
        if not mention.plain:
            raise Refused("mention_in_other_form")
        if new != mention.value:
            self._write((mention.place,), mention.value, new)
        if mention.final:
            self.final = self.texts.get(mention.place, "")

    def _cents(self, place: Place, new: Fraction) -> str | None:
        """Whole dollars that become dollars and cents: two decimals after a dollar sign, the shortest in notes."""
        text = self.graph.text
        if new < 0 or (
            re.match(r"[\s-]?[A-Za-z]", text[place[1] : place[1] + 2]) and text[place[0] - 1] != "$"
        ):
            return None  # `the 24 clips`: not money after all
        comma = "," if self.graph.commas or "," in text[slice(*place)] else ""
        shown = f"{float(new):{comma}.2f}"
        noted = text.rfind("<<", 0, place[0]) > text.rfind(">>", 0, place[0])
        if noted:
            return shown.replace(",", "").rstrip("0").rstrip(".")
        return shown

    def _plausible(self, old: Fraction, new: Fraction) -> bool:
        """No zero, no `1 things`, nothing out of all proportion; below zero only where the solution goes there."""
        if not old or not new or 1 in (old, new) or (new < 0 and not self.graph.negatives):
            return False
        old, new = abs(old), abs(new)
        return max(old, new) <= MOST_TIMES * min(old, new)

    def _computed(self, node: Node, values: tuple[Fraction, ...]) -> Fraction:
        value = node.value_with(values)
        if value is None:
            raise Refused("not_computable")
        return value

    def _write(self, places: tuple[Place, ...], old: Fraction, new: Fraction) -> None:
        if not self._plausible(old, new):
            raise Refused("implausible_value")
        for place in places:
            if place in self.change.places:
                continue
            text = rewritten(self.graph.text[slice(*place)], old, new, self.graph.commas)
            if (
                text is None
                and self.graph.is_money(old)
                and old.denominator == 1
                and (new * 100).denominator == 1
            ):
                text = self._cents(place, new)
            if text is None:
                raise Refused("value_has_no_such_form")
            if not fits(self.graph.text, place, text) or agrees(new, new, text) is not True:
                raise Refused("reads_wrongly")
            if self.texts.setdefault(place, text) != text:
                raise Refused("places_overlap")


_EIGHT = re.compile(r"(?:8|11(?:\D|$)|18(?:\D|$)|11,\d{3}(?:\D|$)|18,\d{3}(?:\D|$))")
_LESS = r"(?:less|more|greater|smaller|larger|fewer|bigger|higher|lower)"
_COMPARES_AFTER = re.compile(rf"\s+(?:\w+\s+){{0,2}}(?:is|are|was|were)\s+{_LESS}\s+than", re.I)
_COMPARES_BEFORE = re.compile(rf"\b(?:is|are|was|were)\s+{_LESS}\s+than\s+(?:the\s+)?\$?$", re.I)
"""`18 is more than 15`: what the comparison says may no longer be so."""


def fits(text: str, place: Place, new: str) -> bool:
    """Whether a number reads well in an old one's place: `a 12` not `a 8`, no percent sign after it."""
    before, after = text[max(0, place[0] - 30) : place[0]], text[place[1] : place[1] + 40]
    if re.match(r"\s?(?:%|\\%|percent)", after):
        return False
    if _COMPARES_AFTER.match(after) or _COMPARES_BEFORE.search(before):
        return False
    article = re.search(r"\b([Aa]n?)\s+\$?$", before)
    if article:
        return (article[1].lower() == "an") == bool(_EIGHT.match(new))
    return True
