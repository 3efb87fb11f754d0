"""Second answers: what may stand as a right one, and what may stand alone without the turn before it."""

import re
from typing import TYPE_CHECKING

from filters.truth import answers_wrongly_first
from filters.verify.equations import equations, states_falsehood
from generators.solutions import computes
from schemas.attempt import Attempt

if TYPE_CHECKING:
    from generators.ask import Ask

_SPEAKS_BACK = re.compile(
    r"\b(?:previous|previously|earlier|above|again|apolog\w*|sorry|mistake\w*|error\w*|incorrect\w*|wrong\w*"
    r"|correct(?:ed|ing|ion)|re-?(?:check|examin|evaluat|consider|view|visit|do|calculat)\w*|double-check\w*"
    r"|you(?:'re| are) right|my (?:first|last|initial))\b",
    re.IGNORECASE,
)


def sound(ask: "Ask", attempt: Attempt) -> bool:
    """Whether an attempt that is not one of the case's own is right and states nothing false on the way."""
    return (
        attempt.verdict.is_right
        and whole(ask, attempt.text)
        and not states_falsehood(attempt.text)
        and not answers_wrongly_first(attempt.text, ask.case.problem, ask.tools.judge)
        and computes(attempt.text, attempt.verdict.evidence)
    )


def whole(ask: "Ask", text: str) -> bool:
    """Whether a text is a solution and not a scrap of one.

    Asked again, small models give the bare answer or broken text. Braces must close, and it must state
    half as many equations as the least of the right solutions known.
    """
    least = min((len(equations(s.text)) for s in ask.solutions()), default=0)
    return text.count("{") == text.count("}") and 2 * len(equations(text)) >= least


def plausible(ask: "Ask", text: str) -> bool:
    """Whether a wrong text is at least an attempt at this problem: its first equation has a number of the statement."""
    stated = equations(text)
    numbers = set(re.findall(r"\d+", ask.case.problem.statement))
    return whole(ask, text) and (not stated or bool(numbers & set(re.findall(r"\d+", stated[0].left))))


def stands_alone(text: str) -> bool:
    """Whether a second answer can be read as a first one: it does not speak of an answer before it."""
    return _SPEAKS_BACK.search(text) is None
