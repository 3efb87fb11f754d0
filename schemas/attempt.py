"""An attempt: one sampled answer of a policy to a problem, cut into steps, with its verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from schemas.exceptions import RecordError
from schemas.ids import content_id
from schemas.verdict import Outcome, Verdict

Origin = Literal["policy", "injected"]

UNCHECKED = Verdict(Outcome.UNKNOWN, "unchecked")


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A half-open range of code points of an attempt's text. Steps are counted from 0."""

    start: int
    end: int


def check_tiling(steps: Sequence[Step], length: int) -> None:
    """Steps must be non-empty, in order, and join back to the whole text exactly."""
    at = 0
    for step in steps:
        if step.start != at or step.end <= step.start:
            raise RecordError(f"steps must tile the text: expected a step from {at}, got {step}")
        at = step.end
    if at != length:
        raise RecordError(f"steps end at {at}, the text at {length}")


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One answer, NFC text, with where it came from.

    `policy` is the fingerprint of model, revision and sampling (for attempts from a file: of the
    model name given there). `index` counts the samples of one problem from 0. `finish` is `stop`,
    `length` (cut by the token limit: truncated, never taken as wrong), or `file`. `origin` is
    `injected` where a mistake was put into a right attempt (`policy` and `model` are then that one's).
    `asked` is a hash of what was asked where that is not the problem alone, empty otherwise.
    `logprob` is the sum over tokens in nats, where the engine gave it. `token_logprobs` and
    `token_entropies` are in nats and per sampled token, where they were asked for and are known.
    """

    problem_id: str
    text: str
    steps: tuple[Step, ...]
    model: str
    policy: str
    index: int
    verdict: Verdict = UNCHECKED
    finish: str = "stop"
    tokens: int | None = None
    logprob: float | None = None
    token_logprobs: tuple[float, ...] | None = None
    token_entropies: tuple[float, ...] | None = None
    sampling: str = ""
    origin: Origin = "policy"
    asked: str = ""

    def __post_init__(self) -> None:
        check_tiling(self.steps, len(self.text))

    @cached_property
    def id(self) -> str:
        """Hash of problem, policy, index and text, and of what was asked."""
        asked = [self.asked] if self.asked else []
        return content_id("a", [self.problem_id, self.policy, self.index, self.text, *asked])

    def step_text(self, number: int) -> str:
        """Text of one step, its trailing white space included."""
        step = self.steps[number]
        return self.text[step.start : step.end]

    def before(self, number: int) -> str:
        """Everything before a step, verbatim; `before(len(steps))` is the whole text."""
        return self.text[: self.steps[number].start] if number < len(self.steps) else self.text

    def after(self, number: int) -> str:
        """Everything after a step, verbatim."""
        return self.text[self.steps[number].end :]
