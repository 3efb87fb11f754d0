"""An injection: a mistake put into a right solution, with every place that was changed and the proof."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from schemas.exceptions import RecordError
from schemas.ids import content_id

EditRole = Literal["cause", "consequence"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """`original[start:end]` became `after`. One edit of an injection is the cause, the rest follow from it."""

    start: int
    end: int
    after: str
    role: EditRole = "cause"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at before an injection was accepted, with what was seen."""

    name: str
    passed: bool
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class Injection:
    """A right text made wrong.

    `text` is `original` with `edits` applied and nothing else; `step` is the 0-based step of `text`
    in which the mistake is (for programs the 0-based line). `answer` is what the wrong text ends
    in, empty for programs. `checks` is the proof: empty before it was tried, and the injection may be
    used only where all passed (`proven`). `logprob` is the policy's mean log-probability in
    nats per token of the injected step, where it was asked for.
    """

    injector: str
    kind: str
    original: str
    text: str
    edits: tuple[Edit, ...]
    step: int
    answer: str = ""
    checks: tuple[Check, ...] = ()
    logprob: float | None = None

    def __post_init__(self) -> None:
        if apply(self.original, self.edits) != self.text:
            raise RecordError("an injection's text must be its original with its edits applied")
        if sum(edit.role == "cause" for edit in self.edits) != 1:
            raise RecordError("an injection has exactly one cause")

    @cached_property
    def id(self) -> str:
        """Hash of the original, the injector, the kind and the wrong text."""
        return content_id("i", [self.original, self.injector, self.kind, self.text])

    @property
    def cause(self) -> Edit:
        """The edit that everything else follows from."""
        return next(edit for edit in self.edits if edit.role == "cause")

    @property
    def before(self) -> str:
        """What stood at the cause's place."""
        return self.original[self.cause.start : self.cause.end]

    @property
    def after(self) -> str:
        """What stands there now."""
        return self.cause.after

    @property
    def proven(self) -> bool:
        """Whether it was checked and every check passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)


def apply(original: str, edits: tuple[Edit, ...]) -> str:
    """The text with the edits applied; they must be in order and apart. RecordError otherwise."""
    parts, at = [], 0
    for edit in edits:
        if edit.start < at or edit.end < edit.start or edit.end > len(original):
            raise RecordError(f"edits must be in order, apart and inside the text, got {edit}")
        parts += [original[at : edit.start], edit.after]
        at = edit.end
    return "".join([*parts, original[at:]])
