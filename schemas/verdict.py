"""A verdict: right, wrong or unknown, how it was reached, and on what evidence.

Unknown (unparsed, timeout, …) is never used as right or as wrong. A verdict has no truth value:
`if verdict:` raises, because the mistake it invites (unknown taken as true) is silent.
"""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The three values of a verdict."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("an outcome is right, wrong or unknown: compare it with `is Outcome.RIGHT`")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge found.

    `reason` is a slug (`equal`, `mismatch`, `unparsed`, `no_answer`, `timeout`, `memory`, …);
    `method` says who decided (`exact`, `symbolic`, `numeric`); `evidence` is the answer as extracted.
    """

    outcome: Outcome
    reason: str
    method: str = ""
    evidence: str = ""

    @property
    def is_right(self) -> bool:
        """Proven right."""
        return self.outcome is Outcome.RIGHT

    @property
    def is_wrong(self) -> bool:
        """Proven wrong; unknown is not wrong."""
        return self.outcome is Outcome.WRONG

    def __bool__(self) -> bool:
        raise TypeError("a verdict has three values: ask .is_right or .is_wrong, or compare .outcome")
