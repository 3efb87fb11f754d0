"""Form: does the row keep the format's own rules, and does it read like something to learn from?

Objections: `bad_record` (spans do not tile, nothing is learnt, …), `bad_roles`, `not_nfc`,
`too_long`, `leak` (the text betrays that somebody saw the reference), `control_character`.

Not covered: whether what it says is true (see `truth`), repetition, language.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from filters.base import RowFilter
from filters.verify.math.judge import Judge
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample, StepwiseExample
from schemas.exceptions import RecordError
from schemas.ids import nfc
from schemas.segment import Message

LEAKS = re.compile(
    r"ground[- ]truth|reference (?:solution|answer)|(?:correct|given) answer (?:given|provided) is"
    r"|previous attempt|solution [12] says|answer [12] says",
    re.IGNORECASE,
)
"""What writers who were shown the answer tend to say (LEMMA, SCORE and S2R filter the same)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


class Shape(RowFilter):
    """Drops rows that break the format's rules."""

    max_chars: int = 40_000
    """Longest text of one side, in characters."""

    def objection(self, example: Example, case: Case, judge: Judge) -> str | None:
        try:
            example.check()
        except RecordError:
            return "bad_record"
        if not all(_roles_alternate(c) for c in _conversations(example)):
            return "bad_roles"
        for text in _written(example):
            if len(text) > self.max_chars:
                return "too_long"
            if nfc(text) != text:
                return "not_nfc"
            if _CONTROL.search(text):
                return "control_character"
            if LEAKS.search(text):
                return "leak"
        return None


def _conversations(example: Example) -> Iterator[tuple[Message, ...]]:
    if isinstance(example, SFTExample):
        yield example.messages
    if isinstance(example, PreferenceExample):
        yield example.prompt + example.chosen
        yield example.prompt + example.rejected


def _written(example: Example) -> Iterator[str]:
    """Texts an assistant is to have written."""
    for messages, _ in example.sides():
        yield from (m.content for m in messages if m.role == "assistant")
    if isinstance(example, StepwiseExample):
        yield from example.completions


def _roles_alternate(messages: tuple[Message, ...]) -> bool:
    turns = [m.role for m in messages if m.role != "system"]
    # An assistant may speak twice in a row (SPOC's solution and verification are messages of their own).
    user_alone = all(a != "user" or b != "user" for a, b in pairwise(turns))
    system_first = all(m.role != "system" for m in messages[1:])
    return system_first and user_alone and turns[:1] == ["user"] and turns[-1] == "assistant"
