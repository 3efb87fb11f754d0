"""Exact comparison of two answers, pure Python, bounded by the length of the texts.

`compare` gives a verdict, or None where it cannot decide (functions that only a simplification tells
apart, integrals, nonlinear equations); those go to math-verify. It is symmetric except for what the
reference's own shape decides: `x = 5` against `5` is compared by value, whichever side names the variable.

Unknown comes with one of these reasons: `close` (a decimal near or rounding an exact value),
`percent` (right only if % is read the other way), `units` (unit missing, different or convertible),
`brackets` (same members, other brackets; a row for a column), `comma` (`1,22` may be 1.22), `text`
(words that overlap), `several` (one of several answers is right), `base` (a subscript is missing),
`order` (same members in another order), `names` (equal if the variables are renamed), `shape` (an
equation against a formula and the like), `ellipsis`, `too_long` and `unparsed`.
"""

import re

from filters.verify.math.answer import known_answer
from filters.verify.math.notation import plain
from filters.verify.math.options import JudgeOptions
from filters.verify.math.quantity import Quantity, decimal_comma
from filters.verify.math.roots import Undecidable
from filters.verify.math.shape_equality import compare_answers
from filters.verify.math.surd import Surd
from filters.verify.math.verdicts import EQUAL, MISMATCH, unknown
from schemas.verdict import Verdict

MAX_CHARS = 1000
"""Longest answer that is read at all; longer ones are compared as strings only."""

_INTEGER = re.compile(r"-?\d{1,18}\Z", re.ASCII)
_EMPTY_SET = re.compile(r"\\\{\s*\\\}|∅")
_ELLIPSIS = re.compile(r"\\[lcdv]?dots[bcmio]?(?![A-Za-z])|\.\.\.|…")


def compare(reference: str, answer: str, options: JudgeOptions) -> Verdict | None:
    """Whether the answer says what the reference says; None where only a computer algebra can tell."""
    reference, answer = reference.strip(), answer.strip()
    if reference == answer:
        return EQUAL
    # four of five real pairs end here
    if _INTEGER.match(reference) and _INTEGER.match(answer):
        return EQUAL if int(reference) == int(answer) else MISMATCH
    if max(len(reference), len(answer)) > MAX_CHARS:
        return unknown("too_long")
    gold, said = plain(reference), plain(answer)
    if "".join(gold.split()) == "".join(said.split()):
        return EQUAL
    doubt = _doubt(gold, said)
    if doubt is not None:
        return unknown(doubt)
    one, other = known_answer(_last_value(gold)), known_answer(_last_value(said))
    if one is None or other is None:
        return None
    try:
        return compare_answers(one, other, options)
    except Undecidable:
        return None


def _doubt(gold: str, said: str) -> str | None:
    """The reason for which the texts are not compared, or None."""
    if _broken(gold) or _broken(said):
        return "unparsed"
    if _ELLIPSIS.search(gold) or _ELLIPSIS.search(said):
        return "ellipsis"
    return "comma" if "," in gold + said and _comma_reading(gold, said) else None


def _broken(text: str) -> bool:
    """Whether there is nothing to read, braces do not pair, or an equation has only one side."""
    if not any(map(str.isalnum, text)) and not _EMPTY_SET.search(text):
        return True
    depth = 0
    for mark in text.replace("\\{", "").replace("\\}", ""):
        depth += (mark == "{") - (mark == "}")
        if depth < 0:
            return True
    return depth > 0 or text.endswith("=") or text.startswith("=")


def _last_value(text: str) -> str:
    """`12 + 2 = 14` -> `14` where both sides are the same number; anything else is left alone."""
    left, equals, right = text.rpartition("=")
    if not equals or not any(mark.isdigit() for mark in left):
        return text
    values = [known_answer(part) for part in (left.rpartition("=")[2], right)]
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
        read = known_answer(other)
        if isinstance(read, Quantity) and read.value == Surd.rational(number):
            return True
    return False
