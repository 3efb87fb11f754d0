r"""A second way to the same verdict: another reading of the answer, another comparison.

It shares nothing with `extract` and `exact` but the two texts: the answer is what the last box holds, or else what
the last `####`, `A:` or "answer is" says; plain numbers are compared as Python's fractions, everything else by
math-verify and the numeric evaluation in a worker. It has no opinion where those are known not to read what people
write:

    "20 dollars per day" for 20, "1 4/5" for 9/5, "three" for 3     words and mixed numbers
    "18%" for 0.18                                                   options decide
    "\boxed{1}, \boxed{2}"                                           several answers

Used to check judgements, never to make them.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from filters.verify.math.notation import closing_brace

Opinion = Literal["equal", "different", "none"]

_BOX = re.compile(r"\\boxed\s*\{")
_STATED = re.compile(
    r"(?:^#### ?|^A: |^\W*(?:final )?answer:\W*|answer is:?[ \t]*)([^\n]+?)(?:\.?[ \t]*$|\.[ \t])",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBER = re.compile(r"-?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|\d+/[1-9]\d*)")
_MONEY = re.compile(r"^\\?\$\s*|\s*\\?\$$")
_UNREAD = re.compile(r"(?<!\\)\b[A-Za-z]{2,}|\\text|\\mbox|\\mathrm|%|\d\s+\d|\d,\d|[≈~]|\\approx")
_NEAR = 40
"""Two boxes with no more characters between them may be two parts of one answer."""
_TAIL = 20_000
"""Characters from the end that are read, as `extract` reads."""


def second_answer(text: str) -> str | None:
    """The answer as the text states it last, None where it states none or several."""
    text = text[-_TAIL:]
    boxes = list(_BOX.finditer(text))
    if boxes:
        last = boxes[-1]
        if len(boxes) > 1 and last.start() - boxes[-2].end() <= _NEAR:
            return None
        end = closing_brace(text, last.end() - 1)
        later = _STATED.search(text, last.end())
        return None if end is None or later else text[last.end() : end].strip()
    stated = [*_STATED.finditer(text)]
    return stated[-1][1].strip() if stated else None


def second_opinion(reference: str, text: str, ask: Callable[[str, str], str]) -> Opinion:
    """Whether the text's answer is the reference; `ask` gives a worker's word on two formulas."""
    answer = second_answer(text)
    if answer is None:
        return "none"
    one, other = _number(reference), _number(answer)
    if one is not None and other is not None:
        return "equal" if one == other else "different"
    if not answer or _UNREAD.search(reference) or _UNREAD.search(answer):
        return "none"
    word = ask(reference, answer)
    return "equal" if word == "equal" else "different" if word == "different" else "none"


def _number(written: str) -> Fraction | None:
    plain = _MONEY.sub("", written.strip())
    return Fraction(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None
