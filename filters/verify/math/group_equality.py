"""Whether lists, tuples, intervals and sets are equal, member by member."""

from collections.abc import Callable

from filters.verify.math.options import JudgeOptions
from filters.verify.math.quantity import Quantity
from filters.verify.math.regions import region_of, same_region
from filters.verify.math.shapes import Answer, Assignment, Choice, Coded, Group, Region, Words
from filters.verify.math.verdicts import EQUAL, MISMATCH, all_of, unknown
from schemas.verdict import Outcome, Verdict

Comparer = Callable[[Answer, Answer, JudgeOptions], Verdict | None]
"""The comparison of two members, which may be groups themselves."""


def against_group(gold: Answer, said: Answer, options: JudgeOptions, compare: Comparer) -> Verdict | None:
    """Several answers against one: different, unless one of the several is it (`0.5 or 50%`)."""
    group, single = (gold, said) if isinstance(gold, Group) else (said, gold)
    assert isinstance(group, Group)
    verdicts = [compare(item, single, options) for item in group.items]
    if any(verdict is not None and verdict.is_right for verdict in verdicts):
        return unknown("brackets" if len(verdicts) == 1 else "several")
    if not isinstance(single, Quantity):
        return unknown("text" if isinstance(single, (Words, Choice, Coded)) else "shape")
    if None in verdicts:
        return None
    return MISMATCH if all(v is not None and v.is_wrong for v in verdicts) else unknown("several")


def compare_groups(gold: Group, said: Group, options: JudgeOptions, compare: Comparer) -> Verdict | None:
    """Sets and bare lists without order, points and intervals with it; brackets that differ are doubtful."""
    unordered = {"{}"} if options.ordered_lists else {"", "{}"}
    if gold.brackets in unordered and said.brackets in unordered:
        named = _by_name(gold.items, said.items, options, compare)
        if named is not None:
            return named
        verdict = _unordered(gold.items, said.items, options, compare)
        mixed = gold.brackets != said.brackets
        return verdict if not mixed or verdict is None or not verdict.is_right else EQUAL
    verdict = _ordered(gold.items, said.items, options, compare)
    if gold.brackets == said.brackets or verdict is None:
        return verdict
    same_kind = "" in (gold.brackets, said.brackets)
    if verdict.is_right:
        intervals = _unbounded(gold), _unbounded(said)
        if intervals[0] is not None and intervals[1] is not None:
            return EQUAL if same_region(intervals[0], intervals[1]) else MISMATCH
        half_open = {"[)", "(]"} & {gold.brackets, said.brackets}
        if half_open and not same_kind:
            return MISMATCH if "{}" not in (gold.brackets, said.brackets) else unknown("brackets")
        return EQUAL if same_kind and not half_open else unknown("brackets")
    shuffled = _unordered(gold.items, said.items, options, compare)
    return unknown("order") if shuffled is None or not shuffled.is_wrong else verdict


def _unbounded(group: Group) -> Region | None:
    """The interval where an end is infinite; `(2, \\infty]` is a slip of notation that adds no number."""
    if group.brackets in ("", "{}") or len(group.items) != 2:
        return None
    ends = [isinstance(item, Quantity) and "\\infty" in item.value.names() for item in group.items]
    return region_of(group) if any(ends) else None


def _by_name(
    gold: tuple[Answer, ...], said: tuple[Answer, ...], options: JudgeOptions, compare: Comparer
) -> Verdict | None:
    """`x = 1, y = 2` against `y = 2, x = 1`: each name has one value; None where that is not so."""
    sides = []
    for items in (gold, said):
        values = {item.name: item.value for item in items if isinstance(item, Assignment)}
        if len(values) != len(items):
            return None
        sides.append(values)
    if sides[0].keys() != sides[1].keys():
        return None
    return all_of([compare(value, sides[1][name], options) for name, value in sides[0].items()])


def _ordered(
    gold: tuple[Answer, ...], said: tuple[Answer, ...], options: JudgeOptions, compare: Comparer
) -> Verdict | None:
    if len(gold) != len(said):
        return MISMATCH
    verdicts = [compare(one, other, options) for one, other in zip(gold, said, strict=True)]
    return all_of(verdicts)


def _unordered(
    gold: tuple[Answer, ...], said: tuple[Answer, ...], options: JudgeOptions, compare: Comparer
) -> Verdict | None:
    """Equal if each member has an equal member on the other side; wrong only if one surely has none."""
    doubt: Verdict | None = None
    undecided = False
    for ones, others in ((gold, said), (said, gold)):
        for one in ones:
            verdicts = [compare(one, other, options) for other in others]
            if any(v is not None and v.is_right for v in verdicts):
                continue
            if None in verdicts:
                undecided = True
                continue
            doubtful = [v for v in verdicts if v is not None and v.outcome is Outcome.UNKNOWN]
            if not doubtful:
                return MISMATCH
            doubt = doubtful[0]
    if undecided:
        return None
    return EQUAL if doubt is None else doubt
