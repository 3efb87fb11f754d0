"""What a program is told about a test: enough to repair it, as text for a model and as data."""

from dataclasses import dataclass
from typing import Any, Literal

FeedbackKind = Literal[
    "compile_error", "exception", "no_exception", "wrong_value", "wrong_output", "assertion",
    "timeout", "wall_timeout", "memory", "output_limit", "exited", "killed",
    "bad_tests", "missing_module", "unplain", "changed_input", "crashed",
]  # fmt: skip
"""`assertion`: a test that was run whole inside failed. The last line's kinds say nothing of the program."""

UNKNOWN_KINDS = frozenset(
    {"wall_timeout", "bad_tests", "missing_module", "unplain", "changed_input", "crashed"}
)
"""Kinds after which the verdict is unknown, not wrong."""

Steps = tuple[tuple[int, dict[str, str]], ...]

_SENTENCES: dict[FeedbackKind, str] = {
    "timeout": "It used up its processor time: it may loop without end or be too slow.",
    "wall_timeout": "It did not end in time, without using much processor time.",
    "memory": "It used too much memory.",
    "output_limit": "It wrote more than is allowed.",
    "exited": "It ended its own process before the test was done.",
    "killed": "Its process was ended by a signal (a crash of the interpreter).",
    "bad_tests": "The test itself cannot run.",
    "missing_module": "It needs a module that is not installed where it is judged.",
    "unplain": "What it returned cannot be compared from outside.",
    "changed_input": "It cannot be decided.",
    "crashed": "It could not be run.",
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """How one test failed. Values are shown as capped reprs; what does not apply is empty."""

    kind: FeedbackKind
    test: int
    """0-based number of the test, hidden ones after visible ones; -1: before any test."""
    call: str = ""
    got: str = ""
    expected: str = ""
    exception: str = ""
    message: str = ""
    line: int | None = None
    """1-based line of the program."""
    source: str = ""
    """That line's text."""
    steps: Steps = ()
    hidden: bool = False

    def hide(self) -> "Feedback":
        """What may be said of a hidden test."""
        return Feedback(self.kind, self.test, hidden=True)

    def as_dict(self) -> dict[str, Any]:
        """A JSON object without what is empty."""
        fields = {
            "kind": self.kind, "test": self.test, "call": self.call, "got": self.got, "expected": self.expected,
            "exception": self.exception, "message": self.message, "line": self.line, "source": self.source,
            "hidden": self.hidden,
        }  # fmt: skip
        made = {
            name: value for name, value in fields.items() if value not in ("", None, False) or name == "test"
        }
        return made | ({"steps": [list(step) for step in self.steps]} if self.steps else {})

    def __str__(self) -> str:
        head = f"Test {self.test + 1}" if self.test >= 0 else "Your program"
        if self.hidden:
            return f"{head} (hidden) failed: {self.kind.replace('_', ' ')}."
        return f"{head}: {self._sentence()}{self._place()}{self._trace()}"

    def _sentence(self) -> str:
        match self.kind:
            case "compile_error":
                return f"It does not compile: {self.exception}: {self.message}."
            case "exception":
                during = f"{self.call} raised" if self.call else "It raised"
                said = f"{during} {self.exception}" + (f": {self.message}" if self.message else "")
                return f"{said}." + (f" Expected {self.expected}." if self.expected else "")
            case "no_exception":
                return f"{self.call} raised nothing. Expected {self.expected}."
            case "wrong_value":
                return f"{self.call} returned {self.got}. Expected {self.expected}."
            case "wrong_output":
                given = f" for the input {self.call}" if self.call else ""
                return f"It printed {self.got}{given}. Expected {self.expected}."
            case "assertion":
                return f"An assertion failed: {self.call}" + (f" ({self.message})" if self.message else "")
        during = f" {self.call} was running." if self.call else ""
        return _SENTENCES[self.kind] + during + (f" {self.message}" if self.message else "")

    def _place(self) -> str:
        if self.line is None:
            return ""
        return f" Line {self.line}: `{self.source}`" if self.source else f" Line {self.line}."

    def _trace(self) -> str:
        if not self.steps:
            return ""
        lines = (
            f"  line {n}: " + ", ".join(f"{k}={v}" for k, v in changed.items()) for n, changed in self.steps
        )
        return "\n" + "\n".join(lines)
