"""Rules that restate a pair so that the exact comparison can decide it: yes and no, points, bounds of a function."""

import re

from filters.verify.math.exact import compare
from filters.verify.math.notation import plain
from filters.verify.math.options import JudgeOptions
from filters.verify.math.verdicts import EQUAL, MISMATCH
from schemas.verdict import Verdict

_YES_NO = re.compile(r"(?P<word>yes|no|true|false)(?:\s*[,.;:!].*)?", re.IGNORECASE | re.DOTALL)
_FUNCTION = re.compile(r"(?<![A-Za-z\\])[a-z]\s*\(\s*[a-z]\s*\)")
_LETTER = re.compile(r"[A-Za-z]")


def yes_or_no(reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None) -> Verdict | None:
    """`Yes` against `No, because …`: the word that the answer begins with; `no solution` begins with none."""
    one, other = (_YES_NO.fullmatch(plain(side)) for side in (reference, answer))
    if one is None or other is None:
        return None
    words = one["word"].lower(), other["word"].lower()
    if words[0] == words[1]:
        return EQUAL
    return MISMATCH if (words[0] in ("yes", "true")) != (words[1] in ("yes", "true")) else None


def assigned_tuples(
    reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None
) -> Verdict | None:
    """`p=5, q=2; p=7, q=2` is the points (5,2), (7,2): one point for each part, in the order of its names."""
    one, other = _as_points(plain(reference)), _as_points(plain(answer))
    if one is None and other is None:
        return None
    found = compare(one or plain(reference), other or plain(answer), options)
    return found if found is not None and found.is_right else None


def _as_points(text: str) -> str | None:
    if ";" not in text:
        return None
    points, names = [], set()
    for part in text.split(";"):
        pairs = [pair.split("=") for pair in part.split(",")]
        if len(pairs) < 2 or not all(len(pair) == 2 and _LETTER.fullmatch(pair[0].strip()) for pair in pairs):
            return None
        names.add(tuple(pair[0].strip() for pair in pairs))
        points.append("(" + ",".join(pair[1].strip() for pair in pairs) + ")")
    return ",".join(points) if len(names) == 1 else None


def function_between(
    reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None
) -> Verdict | None:
    """`0 < f(x) < 1` against (0, 1): what lies between is a quantity, whatever its name."""
    one, other = (_FUNCTION.sub("y", plain(side)) for side in (reference, answer))
    if (one, other) == (plain(reference), plain(answer)) or not re.search(r"[<>]|\\[lg]e", one + other):
        return None
    if re.search(r"(?<![A-Za-z\\])[a-z](?![A-Za-z])", one.replace("y", "") + other.replace("y", "")):
        return None
    found = compare(one, other, options)
    return found if found is not None and found.is_right else None
