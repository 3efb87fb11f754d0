"""What options and shapes decide where the exact comparison leaves a pair open.

Each rule is one small, named reading; none looks at values itself: it restates the pair so that the
exact comparison or a worker can decide. Rules that a person may not share stand behind an option.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from filters.verify.math.exact import compare
from filters.verify.math.notation import plain
from filters.verify.math.options import JudgeOptions
from filters.verify.math.restated import assigned_tuples, function_between, yes_or_no
from filters.verify.math.stated import choice_letter, stated_answer
from filters.verify.math.verdicts import EQUAL, MISMATCH, unknown
from schemas.verdict import Outcome, Verdict

MAX_CHARS = 1000
"""Longest text that is looked at here."""

_RELATION = re.compile(r"[<>]|\\(?:le|ge|lt|gt|leq|geq|neq|ne|leqslant|geqslant|in|subset)(?![A-Za-z])")
_APPROX = re.compile(r"\\approx(?![A-Za-z])|\\simeq(?![A-Za-z])|≈")
_BARE_GROUP = re.compile(r"\s*\$+\s*\{(?P<inside>[^{}\\]*,[^{}\\]*)\}\s*\$+\s*")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}")
_LETTER = re.compile(r"[A-Za-z]")
# |AB|, A:B, \frac{NO}{BO}, S_{MBCN}:S, W(n), m\angle ABC: what a value belongs to, not a formula to solve
_NAME = r"(?:[A-Z]{1,4}'?(?:_\{?\w+\}?)?)"
_QUANTITY_NAME = re.compile(
    rf"\s*(?:\\?\|\s*{_NAME}\s*\\?\||{_NAME}\s*[:/]\s*{_NAME}|\\d?frac\s*\{{\s*{_NAME}\s*\}}\s*\{{\s*{_NAME}\s*\}}"
    rf"|[A-Za-z](?:_\{{?\w+\}}?)?\s*\(\s*\w+\s*\)|{_NAME}|\\[a-z]+|m?\\angle\s*{_NAME}"
    r"|\([A-Za-z](?:\s*,\s*[A-Za-z])+\)|[A-Za-z](?:_\{?\w+\}?)?)\s*"
)
_DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s*\^\s*(?:\{\s*\\circ\s*\}|\\circ)")
_LETTERED = r"[\s$({*]*(?:\\text\s*\{\s*)?\(?[A-J]\)?[\s})*$]*"
_SEVERAL_LETTERS = re.compile(
    rf"(?:both\s+|either\s+)?{_LETTERED}(?:(?:,|;|/|&|\band\b|\bor\b)+{_LETTERED}){{1,9}}\.?"
)
_TRIGONOMETRIC = re.compile(r"\\?(?:sin|cos|tan|cot|sec|csc)(?![a-z])")


def settled(reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None) -> Verdict | None:
    """The verdict by the first rule that gives one; the given one where none does."""
    if max(len(reference), len(answer)) > MAX_CHARS:
        return verdict
    if verdict is not None and verdict.outcome is not Outcome.UNKNOWN:
        return verdict
    for rule in _RULES:
        found = rule(reference, answer, options, verdict)
        if found is not None:
            return found
    return verdict


def forbidden(reference: str, answer: str, options: JudgeOptions) -> Verdict | None:
    r"""Wrong where `-2 \le x \le 7` answers `x \in [-2, 7]` and an option forbids it."""
    if options.set_for_relation or max(len(reference), len(answer)) > MAX_CHARS:
        return None
    given = re.search(r"\\in(?![A-Za-z])|\\cup|[\[\]]", plain(reference)) is not None
    inequality = re.search(r"[<>]|\\(?:le|ge|lt|gt|leq|geq)(?![A-Za-z])", plain(answer)) is not None
    return Verdict(Outcome.WRONG, "relation", "exact") if given and inequality else None


def by_letter(reference: str, answer: str) -> Verdict | None:
    """The verdict where one side is a lone letter and the other a text that names a choice."""
    bare = [choice_letter(side.strip(), bare_only=True) for side in (reference, answer)]
    if bare == [None, None] or None not in bare:
        return None
    text = reference if bare[0] is None else answer
    said = stated_answer(text) if "boxed" in text else text
    if _SEVERAL_LETTERS.fullmatch(said):
        return unknown("several")
    named = choice_letter(said)
    if named is None:
        return None
    if named == (bare[0] or bare[1]):
        return EQUAL
    return MISMATCH


def for_worker(text: str) -> str:
    """The text as a worker is shown it: degrees inside functions are radians there."""
    text = _exact_part(plain(text))
    if _TRIGONOMETRIC.search(text):
        text = _DEGREES.sub(r"(\\frac{\1\\pi}{180})", text)
    return text


def _by_name(reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None) -> Verdict | None:
    r"""`|AB| = 1` against `1`, `x = 1/3 \approx 0.3` against `1/3`: the value that is stated exactly."""
    one, other = _value(reference), _value(answer)
    if (one, other) == (plain(reference), plain(answer)) or _RELATION.search(one + other):
        return None
    found = compare(one, other, options)
    return found if found is not None and found.is_right else None


def _exact_part(text: str) -> str:
    r"""`x = 1/3 \approx 0.3` -> `x = 1/3`; in `x \approx 11` there is no other value, so it is one."""
    first, *rest = _APPROX.split(text)
    has_value = any(mark.isdigit() for mark in first)
    return first.strip() if has_value or not rest else "=".join([first, *rest])


def _value(text: str) -> str:
    """What a chain of equations that begins with a name ends in; the text itself without one."""
    text = _exact_part(plain(text))
    parts = text.split("=")
    if len(parts) == 1 or "," in text:
        return text
    named = [bool(_QUANTITY_NAME.fullmatch(part)) for part in parts]
    # `1 = y = x = 0` too: names among it, and at its end a value
    return parts[-1].strip() if any(named[:-1]) and not named[-1] else text


def _comma(reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None) -> Verdict | None:
    if not options.decimal_comma or verdict is None or verdict.reason != "comma":
        return None
    grouped = any(_THOUSANDS.fullmatch(plain(side)) for side in (reference, answer))
    for mark in (", ",) if grouped else (".", ", "):  # `1,000` is no way to write 1
        found = compare(_with_comma_as(mark, reference), _with_comma_as(mark, answer), options)
        if found is not None and found.is_right:
            return replace(found, reason="comma")
    return None


def _with_comma_as(mark: str, text: str) -> str:
    text = plain(text)
    return text.replace(",", mark) if _DECIMAL_COMMA.fullmatch(text) else text


def _bare_group(
    reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None
) -> Verdict | None:
    """Between dollars, `{1,3}` prints as `1,3`: TeX's braces group and are not seen."""
    groups = [_BARE_GROUP.fullmatch(side) for side in (reference, answer)]
    if not any(groups) or not options.bare_lists_as_tuples:
        return None
    one, other = (
        f"({g['inside']})" if g else side for g, side in zip(groups, (reference, answer), strict=True)
    )
    if not plain(one).startswith("(") or not plain(other).startswith("("):
        one, other = (g["inside"] if g else side for g, side in zip(groups, (reference, answer), strict=True))
        return compare(one, other, options)
    found = compare(one, other, options)
    return MISMATCH if found is not None and found.reason == "order" else found


def _letters(reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None) -> Verdict | None:
    """Two different single letters are different answers, whether choices or variables."""
    one, other = plain(reference).strip("() "), plain(answer).strip("() ")
    lone = _LETTER.fullmatch(one) and _LETTER.fullmatch(other)
    return MISMATCH if lone and one.lower() != other.lower() else None


def _equation_for_value(
    reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None
) -> Verdict | None:
    """The reference is an equation to hold, `7 = 11a + c`; its one side does not say so."""
    one, other = plain(reference), plain(answer)
    sides = [side.strip() for side in one.split("=")]
    if len(sides) != 2 or "=" in other or _RELATION.search(one + other) or "," in one + other:
        return None
    formula = re.search(r"[A-Za-z].*[+\-*/^]|[+\-*/^].*[A-Za-z]", other)
    number = any(side.lstrip("-").replace(".", "").isdigit() for side in sides)
    return MISMATCH if formula and number and other in sides else None


_Rule = Callable[[str, str, JudgeOptions, Verdict | None], Verdict | None]
_RULES: tuple[_Rule, ...] = (
    _bare_group,
    _comma,
    _letters,
    yes_or_no,
    _by_name,
    _equation_for_value,
    assigned_tuples,
    function_between,
)
