"""Examples: the rows a build writes, one class per kind (= per Hub config).

    sft         messages + spans (which characters bear loss)
    preference  prompt, chosen, rejected (messages), spans of both, the prefix they share
    stepwise    prompt, completions (steps), labels, values, index of the first wrong step

Every row says which problem, recipe and variant it is of, the error kind, whether the mistake
is the policy's own or injected, its parents (attempt ids), who proved it, and its licence.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, Literal

from schemas.attempt import Origin
from schemas.exceptions import RecordError
from schemas.ids import content_id
from schemas.segment import Message, Span, check_spans

RowKind = Literal["sft", "preference", "stepwise"]


@dataclass(frozen=True, kw_only=True)
class Example:
    """What every kind of row carries.

    `error_kind` is a slug of `schemas.errors`, or `none` for a row without a mistake.
    `verified_by` says what is proven and how: `answer:<method>` (the row ends in the right answer),
    `wrong:<method>` (it ends in a wrong one, on purpose), `verdict:<method>` (it ends in a verdict on the
    first parent that agrees with the judge's), `continued:<method>` or `continued:3/8` (the right answer
    is reached from where it ends, by so many of so many continuations), `equations`, `continuations`, …;
    `located_by` how the first wrong step was found (empty where none was needed). `written_by` says who
    wrote the texts that connect: `bank` (our own phrasings), `policy`, `teacher`, several joined by `+`,
    empty where there are none.
    """

    kind: ClassVar[RowKind]

    problem_id: str
    recipe: str
    variant: str = ""
    error_kind: str
    origin: Origin = "policy"
    parents: tuple[str, ...]
    policy: str
    teacher: str = ""
    verified_by: str
    located_by: str = ""
    written_by: str = ""
    source: str = ""
    licence: str = ""

    @cached_property
    def id(self) -> str:
        """Hash of recipe, parents and content; equal rows have equal ids."""
        return content_id("r", [self.recipe, self.variant, self.problem_id, self.parents, self.content()])

    def content(self) -> dict[str, Any]:
        """The kind's own fields as plain lists and dicts, in the table's column names."""
        return self._content

    @cached_property
    def _content(self) -> dict[str, Any]:
        # dataclasses.asdict deep-copies every string: it cost a fifth of a build.
        shared = {f.name for f in fields(Example)}
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in shared}

    def sides(self) -> list[tuple[tuple[Message, ...], tuple[Span, ...]]]:
        """The learnt conversations of the row, each with its spans."""
        raise TypeError(f"{type(self).__name__} has no sides")

    def check(self) -> None:
        """Raise RecordError where the row breaks the format's own rules."""
        if not self.problem_id or not self.recipe or not self.verified_by:
            raise RecordError("a row needs a problem, a recipe and a proof")
        for messages, spans in self.sides():
            check_spans(spans, messages)
            if not any(s.weight > 0 for s in spans):
                raise RecordError("a row has no learnt character")


def _plain(value: object) -> object:
    """Tuples as lists, messages and spans as dicts."""
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Message | Span):
        return {name: getattr(value, name) for name in value.__slots__}
    return value


@dataclass(frozen=True, kw_only=True)
class SFTExample(Example):
    """A conversation to learn from; `spans` tile its assistant messages."""

    kind: ClassVar[RowKind] = "sft"
    messages: tuple[Message, ...]
    spans: tuple[Span, ...]

    def sides(self) -> list[tuple[tuple[Message, ...], tuple[Span, ...]]]:
        return [(self.messages, self.spans)]


@dataclass(frozen=True, kw_only=True)
class PreferenceExample(Example):
    """A pair; `shared_prefix` counts the characters both sides' first message begins with.

    Span `message` indices count within `chosen` and within `rejected`.
    """

    kind: ClassVar[RowKind] = "preference"
    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    chosen_spans: tuple[Span, ...]
    rejected_spans: tuple[Span, ...]
    shared_prefix: int = 0

    def sides(self) -> list[tuple[tuple[Message, ...], tuple[Span, ...]]]:
        return [(self.chosen, self.chosen_spans), (self.rejected, self.rejected_spans)]

    def check(self) -> None:
        super().check()
        if self.chosen == self.rejected:
            raise RecordError("chosen and rejected are the same")
        chosen, rejected = self.chosen[0].content, self.rejected[0].content
        if chosen[: self.shared_prefix] != rejected[: self.shared_prefix]:
            raise RecordError("chosen and rejected differ inside their shared prefix")


@dataclass(frozen=True, kw_only=True)
class StepwiseExample(Example):
    """Step labels, as TRL's stepwise format has them, ending at the first wrong step if there is one.

    `values[i]` is the share of continuations from after step i that end right, out of
    `value_samples[i]`; both None where nothing was sampled. `first_error` is a 0-based step, or None.
    """

    kind: ClassVar[RowKind] = "stepwise"
    prompt: str
    completions: tuple[str, ...]
    labels: tuple[bool, ...]
    values: tuple[float | None, ...]
    value_samples: tuple[int | None, ...]
    first_error: int | None

    def sides(self) -> list[tuple[tuple[Message, ...], tuple[Span, ...]]]:
        return []

    def check(self) -> None:
        super().check()
        sizes = {len(self.completions), len(self.labels), len(self.values), len(self.value_samples)}
        if sizes == {0} or len(sizes) != 1:
            raise RecordError("completions, labels, values and value_samples must be of one length, not 0")
        wrong = self.labels.index(False) if False in self.labels else None
        if wrong != self.first_error:
            raise RecordError(f"first_error is {self.first_error}, the labels say {wrong}")
