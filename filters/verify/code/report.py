"""What a judge found out about one program, and when two reports prove a repair."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from filters.verify.code.feedback import UNKNOWN_KINDS, Feedback
from filters.verify.sandbox.job import Level
from schemas.verdict import Verdict

Strength = Literal["strong", "weak"]
"""`weak`: a test was run where the program can reach it, or the tests kill few mutants."""

_REASONS = {"wrong_value": "failed_test", "assertion": "failed_test", "wrong_output": "failed_test"}


@dataclass(frozen=True, slots=True)
class ProgramReport:
    """Verdict, pass vector and feedback.

    `passed` holds a value for each test, visible ones first: None where it was not reached or could
    not be decided. `flags` are slugs of `tamper`. `weak` says why the strength is weak.
    """

    verdict: Verdict
    passed: tuple[bool | None, ...]
    feedback: tuple[Feedback, ...]
    isolation: Level
    flags: tuple[str, ...] = ()
    strength: Strength = "strong"
    weak: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    mutant_score: float | None = None
    """Share of the reference's mutants that the tests kill, where it was measured."""

    def text(self) -> str:
        """Feedback as a model reads it."""
        return "\n".join(str(one) for one in self.feedback)

    def as_dict(self) -> dict[str, Any]:
        """The columns that `corrigenda verify code` adds."""
        measured = {} if self.mutant_score is None else {"mutant_score": round(self.mutant_score, 4)}
        return measured | {
            "verdict": self.verdict.outcome.value,
            "reason": self.verdict.reason,
            "passed": list(self.passed),
            "feedback": [one.as_dict() for one in self.feedback],
            "isolation": self.isolation,
            "strength": self.strength,
            "flags": list(self.flags),
            "seconds": round(self.wall_s, 4),
        }

    def __str__(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False)


def reason_of(feedback: Feedback) -> str:
    """The verdict's reason for a kind of feedback."""
    return _REASONS.get(feedback.kind, feedback.kind)


def proves_repair(wrong: ProgramReport, right: ProgramReport) -> bool:
    """Whether two reports on the same task prove that the second program repairs the first.

    The wrong one must fail by a wrong value, output or exception: a time limit, a missing module, a
    program that does not compile, tampering or the sandbox's own faults prove no mistake in what it
    computes. The right one must pass every test by strong ones, without flags.
    """
    kinds = {one.kind for one in wrong.feedback if one.kind not in UNKNOWN_KINDS}
    reasons = {"wrong_value", "wrong_output", "exception", "no_exception"}
    imports = any(one.exception in ("ImportError", "ModuleNotFoundError") for one in wrong.feedback)
    fails = wrong.verdict.is_wrong and bool(kinds) and kinds <= reasons and not imports and not wrong.flags
    return (
        fails
        and right.verdict.is_right
        and right.strength == "strong"
        and all(right.passed)
        and not right.flags
    )
