"""What a person may decide about judging answers; the defaults are for training data."""

from typing import Literal

from pydantic import Field

from schemas.family import Options


class JudgeOptions(Options):
    """How strict a judge is, and what it may spend on one pair."""

    percent: Literal["unit", "fraction"] = "unit"
    """What `18%` is: `unit` makes it 18, `fraction` makes it 0.18. An answer that is right only
    under the other reading is unknown (reason `percent`), never right and never wrong."""

    ordered_lists: bool = False
    """Whether `1, 2` and `2, 1` differ. Points, intervals and vectors are always ordered."""

    close_ratio: float = Field(default=1e-3, ge=0, lt=1)
    """A decimal nearer to the reference than this share of it is unknown (reason `close`), and so
    is a decimal that rounds the reference correctly to its own places."""

    symbolic: bool = True
    """Ask math-verify where the exact comparison cannot decide; without it such pairs are unknown."""

    workers: int = Field(default=1, ge=1, le=64)
    """Most worker processes at a time; each holds about 100 MB and starts at its first pair."""

    deadline_s: float = Field(default=5.0, gt=0, le=600)
    """Seconds one pair may take in a worker before the worker is killed; ordinary pairs take
    milliseconds, and the slowest honest one of the public suites took 0.2 s."""

    memory_bytes: int = Field(default=2 << 30, ge=256 << 20)
    """Address space of one worker; sympy itself needs about 400 MB of it."""
