"""Exact comparison of two answers, pure Python, bounded by the length of the texts.

`compare` gives a verdict, or None where it cannot decide (functions, unions, inequalities, matrices,
equations); those go to math-verify. It is symmetric except for what the reference's own shape
decides: `x = 5` against `5` is compared by value, whichever side names the variable.

Unknown comes with one of these reasons: `close` (a decimal near or rounding an exact value),
`percent` (right only if % is read the other way), `units` (unit missing, different or convertible),
`brackets` (same members, other brackets), `comma` (`1,22` may be 1.22), `text` (words that overlap),
`several` (one of several answers is right), `base` (a subscript is missing), `order` (same members in
another order), `too_long` and `unparsed`.
"""

from filters.verify.math.answer import Answer, Assignment, Choice, Group, Words, read_answer
from filters.verify.math.notation import plain
from filters.verify.math.options import JudgeOptions
from filters.verify.math.quantity import Quantity, decimal_comma
from filters.verify.math.quantity_equality import compare_quantities
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Surd
from filters.verify.math.words_equality import compare_choices, compare_coded, compare_words
from schemas.verdict import Outcome, Verdict

EQUAL = Verdict(Outcome.RIGHT, "equal", "exact")
MISMATCH = Verdict(Outcome.WRONG, "mismatch", "exact")

MAX_CHARS = 1000
"""Longest answer that is read at all; longer ones are compared as strings only."""


def unknown(reason: str) -> Verdict:
    """An unknown verdict of the exact comparison."""
    return Verdict(Outcome.UNKNOWN, reason, "exact")


def compare(reference: str, answer: str, options: JudgeOptions) -> Verdict | None:
    """Whether the answer says what the reference says; None where only a computer algebra can tell."""
    if reference.strip() == answer.strip():
        return EQUAL
    if max(len(reference), len(answer)) > MAX_CHARS:
        return unknown("too_long")
    gold, said = plain(reference), plain(answer)
    if "".join(gold.split()) == "".join(said.split()):
        return EQUAL
    if not said or ("," in gold + said and _comma_reading(gold, said)):
        return unknown("comma" if said else "unparsed")
    try:
        return _compare(read_answer(_last_value(gold)), read_answer(_last_value(said)), options)
    except Undecidable:
        return None


def _last_value(text: str) -> str:
    """`12 + 2 = 14` -> `14` where both sides are the same number; anything else is left alone."""
    left, equals, right = text.rpartition("=")
    if not equals or not any(mark.isdigit() for mark in left):
        return text
    try:
        values = [read_answer(part) for part in (left.rpartition("=")[2], right)]
    except Undecidable:
        return text
    numbers = [v.value for v in values if isinstance(v, Quantity) and v.value.as_rational() is not None]
    return right if len(numbers) == 2 and numbers[0] == numbers[1] else text


def _comma_reading(gold: str, said: str) -> bool:
    """Whether a comma may be a decimal comma or a separator, and the other reading would be right."""
    for one, other in ((gold, said), (said, gold)):
        number = decimal_comma(one)
        if number is None:
            continue
        if sorted(one.split(",")) == sorted(other.replace(" ", "").split(",")):
            return one.replace(",", "") != other.replace(" ", "").replace(",", "")
        try:
            read = read_answer(other)
        except Undecidable:
            continue
        if isinstance(read, Quantity) and read.value == Surd.rational(number):
            return True
    return False


def _compare(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    if isinstance(gold, Assignment) or isinstance(said, Assignment):
        return _compare_assignments(gold, said, options)
    if isinstance(gold, Group) and isinstance(said, Group):
        return _compare_groups(gold, said, options)
    if isinstance(gold, Group) or isinstance(said, Group):
        return _against_group(gold, said, options)
    if isinstance(gold, Quantity) and isinstance(said, Quantity):
        return compare_quantities(gold, said, options)
    if isinstance(gold, Choice) or isinstance(said, Choice):
        return compare_choices(gold, said)
    words = isinstance(gold, Words) or isinstance(said, Words)
    return compare_words(gold, said) if words else compare_coded(gold, said)


def _compare_assignments(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    """Values are compared; two different names are undecided."""
    if isinstance(gold, Assignment) and isinstance(said, Assignment) and gold.name != said.name:
        return None
    one, other = (side.value if isinstance(side, Assignment) else side for side in (gold, said))
    return _compare(one, other, options)


def _against_group(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    """Several answers against one: different, unless one of the several is it (`0.5 or 50%`)."""
    group, single = (gold, said) if isinstance(gold, Group) else (said, gold)
    assert isinstance(group, Group)
    verdicts = [_compare(item, single, options) for item in group.items]
    if any(verdict is not None and verdict.is_right for verdict in verdicts):
        return unknown("brackets" if len(verdicts) == 1 else "several")
    if None in verdicts or not isinstance(single, Quantity):
        return None
    return MISMATCH if all(v is not None and v.is_wrong for v in verdicts) else unknown("several")


def _compare_groups(gold: Group, said: Group, options: JudgeOptions) -> Verdict | None:
    unordered = {"{}"} if options.ordered_lists else {"", "{}"}
    if gold.brackets in unordered and said.brackets in unordered:
        verdict = _unordered(gold.items, said.items, options)
        mixed = gold.brackets != said.brackets
        return verdict if not mixed or verdict is None or not verdict.is_right else EQUAL
    verdict = _ordered(gold.items, said.items, options)
    if gold.brackets == said.brackets or verdict is None:
        return verdict
    same_kind = "" in (gold.brackets, said.brackets)
    if verdict.is_right:
        half_open = {"[)", "(]"} & {gold.brackets, said.brackets}
        if half_open and not same_kind:
            return MISMATCH if "{}" not in (gold.brackets, said.brackets) else unknown("brackets")
        return EQUAL if same_kind and not half_open else unknown("brackets")
    shuffled = _unordered(gold.items, said.items, options)
    return unknown("order") if shuffled is None or not shuffled.is_wrong else verdict


def _ordered(gold: tuple[Answer, ...], said: tuple[Answer, ...], options: JudgeOptions) -> Verdict | None:
    if len(gold) != len(said):
        return MISMATCH
    verdicts = [_compare(one, other, options) for one, other in zip(gold, said, strict=True)]
    return _all_of(verdicts)


def _all_of(verdicts: list[Verdict | None]) -> Verdict | None:
    """Wrong if any part is wrong, undecided if any is, unknown if any is, else right."""
    for verdict in verdicts:
        if verdict is not None and verdict.is_wrong:
            return verdict
    if None in verdicts:
        return None
    doubtful = [v for v in verdicts if v is not None and v.outcome is Outcome.UNKNOWN]
    return doubtful[0] if doubtful else EQUAL


def _unordered(gold: tuple[Answer, ...], said: tuple[Answer, ...], options: JudgeOptions) -> Verdict | None:
    """Equal if each member has an equal member on the other side; wrong only if one surely has none."""
    doubt: Verdict | None = None
    undecided = False
    for ones, others in ((gold, said), (said, gold)):
        for one in ones:
            verdicts = [_compare(one, other, options) for other in others]
            if any(v is not None and v.is_right for v in verdicts):
                continue
            if None in verdicts:
                undecided = True
                continue
            doubtful = [v for v in verdicts if v is not None and v.outcome is Outcome.UNKNOWN]
            if not doubtful:
                return MISMATCH
            doubt = doubtful[0]
    return None if undecided else doubt or EQUAL
