"""A problem: a statement with a checkable answer, where it comes from, and its licence.

Example (GSM8K): id `gsm8k/test/1`, statement "A robe takes 2 bolts of blue fiber and half that
much white fiber. How many bolts in total does it take?", answer "3", solution two lines long.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from schemas.exceptions import RecordError
from schemas.ids import content_hash, content_id, nfc

Domain = Literal["math"]
"""What kind of judge a problem needs."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A statement with its reference answer.

    `id` is the source's own id where it has one (so that results join with a person's own
    files) and otherwise a hash of statement and answer. `family` is a source's own grouping
    (subject, problem type), `difficulty` its own scale; both may be empty.
    """

    statement: str
    answer: str
    id: str = ""
    solution: str = ""
    source: str = ""
    licence: str = ""
    domain: Domain = "math"
    family: str = ""
    difficulty: str = ""
    split: str = ""
    """A split the source insists on ("test"); empty: by hash of the statement."""

    def __post_init__(self) -> None:
        for name in ("statement", "answer", "solution"):
            object.__setattr__(self, name, nfc(getattr(self, name)))
        if not self.statement.strip():
            raise RecordError("a problem has an empty statement")
        if not self.answer.strip():
            raise RecordError(f"problem {self.id or self.statement[:40]!r} has an empty reference answer")
        if self.split and not re.fullmatch(r"\w+", self.split):
            raise RecordError(f"split {self.split!r} cannot name a file: use letters, digits and underscores")
        if not self.id:
            object.__setattr__(self, "id", content_id("p", [self.statement, self.answer]))

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the statement alone: two problems that read the same always share a split."""
        return content_hash(self.statement)
