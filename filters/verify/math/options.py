"""What a person may decide about judging answers; the defaults are for training data.

Exact unless asked: what is right only under a reading that a person might not share (`18%` is 0.18,
`1,22` is 1.22, 0.333 is 1/3) is unknown, with that as its reason, until an option says so. `published`
gives the readings that the public suites of answer pairs take for granted.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from schemas.family import Options

HOUSEKEEPING = frozenset({"workers", "cache_dir", "disagreements"})
"""Options that change no verdict."""

RESOURCES = HOUSEKEEPING | {"deadline_s", "memory_bytes"}
"""Options that say what judging may cost and where it is kept, not what is right."""


class JudgeOptions(Options):
    """How strict a judge is, and what it may spend on one pair."""

    percent: Literal["either", "unit", "fraction"] = "either"
    """What `18%` is: `unit` makes it 18, `fraction` makes it 0.18, `either` takes what the other side
    says: 18, or 0.18 as a number up to one. An answer that is right only under another reading is
    unknown (reason `percent`), never right and never wrong."""

    ordered_lists: bool = False
    """Whether `1, 2` and `2, 1` differ. Points, intervals and vectors are always ordered."""

    close_ratio: float = Field(default=1e-3, ge=0, lt=1)
    """A decimal nearer to the reference than this share of it is unknown (reason `close`), and so
    is a decimal that rounds the reference correctly to its own places."""

    decimal_places: int | None = Field(default=None, ge=0, le=30)
    """Numbers that agree when rounded to so many decimals are right (reason `rounded`); without it
    only equal numbers are."""

    decimal_comma: bool = False
    """Whether `1,22` may be 1.22, or the list 1, 22. Without it an answer that is right under one of the
    two readings only is unknown (reason `comma`)."""

    bare_lists_as_tuples: bool = False
    """Whether `1, 3` without brackets is compared in order with the point (1, 3) or (3, 1); without it
    members in another order are unknown (reason `order`)."""

    set_for_relation: bool = True
    """Whether the inequality -2 ≤ x ≤ 7 answers the reference x ∈ [-2, 7]; the other way it always does."""

    symbolic: bool = True
    """Ask math-verify where the exact comparison cannot decide; without it such pairs are unknown."""

    workers: int = Field(default=1, ge=1, le=64)
    """Most worker processes at a time; each holds up to 100 MB, most of it shared, and starts at its
    first pair."""

    deadline_s: float = Field(default=3.0, gt=0, le=600)
    """Seconds one pair may take in a worker before the worker is killed; ordinary pairs take
    milliseconds, and the slowest honest one of the public suites took 0.2 s."""

    memory_bytes: int = Field(default=2 << 30, ge=256 << 20)
    """Address space of one worker; sympy itself needs about 400 MB of it."""

    cache_dir: Path | None = None
    """Folder of verdicts that workers gave, kept for later runs and shared by processes."""

    disagreements: Path | None = None
    """File to which pairs are added, as JSON lines, on which math-verify and the evaluation differ."""

    @classmethod
    def published(cls) -> Self:
        """The readings that public suites take for granted: decimal comma, bare lists as tuples."""
        return cls(decimal_comma=True, bare_lists_as_tuples=True)

    def rules(self) -> str:
        """The options that a verdict depends on, as text: a part of a cached verdict's key."""
        return self.model_dump_json(exclude=set(RESOURCES))
