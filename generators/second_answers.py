"""Second answers: what may stand as a right one, and what may stand alone without the turn before it."""

import re
from typing import TYPE_CHECKING

from filters.truth import answers_wrongly_first
from filters.verify.equations import states_falsehood
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
        and not states_falsehood(attempt.text)
        and not answers_wrongly_first(attempt.text, ask.case.problem, ask.tools.judge)
        and computes(attempt.text, attempt.verdict.evidence)
    )


def stands_alone(text: str) -> bool:
    """Whether a second answer can be read as a first one: it does not speak of an answer before it."""
    return _SPEAKS_BACK.search(text) is None
