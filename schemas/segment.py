"""Segments and spans: which stretch of an assistant message is what, and what it weighs.

A recipe composes a message from segments; the row keeps the plain text and the spans:

    >>> text, spans = compose([Segment("mistake", "3 + 4 = 8. "), Segment("correction", "No: 3 + 4 = 7.")],
    ...                       weights={"mistake": 0.0})
    >>> text
    '3 + 4 = 8. No: 3 + 4 = 7.'
    >>> [(s.start, s.end, s.kind, s.weight) for s in spans]
    [(0, 10, 'mistake', 0.0), (10, 25, 'correction', 1.0)]

The cut has moved from after the space to before it: tokenizers put a space at the front of the
next token, so a cut after it would let one token straddle learnt and masked text. Cuts lie
before spaces and after newlines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from schemas.exceptions import RecordError
from schemas.ids import nfc

SegmentKind = Literal[
    "prefix",
    "mistake",
    "reflection",
    "correction",
    "continuation",
    "verdict",
    "false_verdict",
    "critique",
    "answer",
    "thought",
    "trigger",
    "redundant",
    "brake",
]
"""`false_verdict`: a verdict that is wrong on purpose, followed by what should come of it all the same;
`thought`: planning, summaries, guidelines; `trigger`: words put in to make the model look again;
`redundant`: right work that was not needed any more; `brake`: the sentence that ends it."""
SEGMENT_KINDS: tuple[str, ...] = get_args(SegmentKind)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; content is plain text."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A typed stretch of an assistant message; `weight` where it is not that of its kind."""

    kind: SegmentKind
    text: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points of one message's `field`, with its loss weight.

    weight 0 = masked, 1 = learnt, other = weighted.
    """

    start: int
    end: int
    kind: SegmentKind
    weight: float
    message: int = 0
    field: Literal["content", "reasoning_content"] = "content"


def compose(
    segments: Iterable[Segment], weights: Mapping[str, float], message: int = 0
) -> tuple[str, tuple[Span, ...]]:
    """Join segments into a message text and the spans that tile it.

    Kinds that `weights` does not name weigh 1. Empty segments vanish; neighbours of the same
    kind and weight become one span. Raises RecordError if the joined text is not NFC: a segment that
    starts with a combining mark would change under normalisation and shift every offset.
    """
    parts = [s for s in segments if s.text]
    text = "".join(s.text for s in parts)
    if nfc(text) != text:
        raise RecordError("segments do not join to NFC text: one of them starts with a combining mark")
    spans: list[Span] = []
    at = 0
    for number, part in enumerate(parts):
        end = at + len(part.text)
        cut = best_cut(text, end) if number + 1 < len(parts) else end
        start = spans[-1].end if spans else 0
        at = end
        if cut <= start:
            continue
        weight = float(weights.get(part.kind, 1.0) if part.weight is None else part.weight)
        if spans and (spans[-1].kind, spans[-1].weight) == (part.kind, weight):
            spans[-1] = replace(spans[-1], end=cut)
        else:
            spans.append(Span(start, cut, part.kind, weight, message))
    return text, tuple(spans)


def best_cut(text: str, at: int) -> int:
    """Move a cut within the white space round it: after its last newline, else before its spaces."""
    start = end = at
    while start > 0 and text[start - 1].isspace():
        start -= 1
    while end < len(text) and text[end].isspace():
        end += 1
    newline = text.rfind("\n", start, end)
    return newline + 1 if newline >= 0 else start


def check_spans(spans: Sequence[Span], messages: Sequence[Message]) -> None:
    """Spans must tile every assistant message and nothing else, in order of messages."""
    seen: dict[int, int] = {}
    for span in spans:
        if not 0 <= span.message < len(messages) or messages[span.message].role != "assistant":
            raise RecordError(f"span {span} is not inside an assistant message")
        if span.start != seen.get(span.message, 0) or span.end <= span.start:
            raise RecordError(f"spans must tile: expected one from {seen.get(span.message, 0)}, got {span}")
        seen[span.message] = span.end
    for number, message in enumerate(messages):
        if message.role == "assistant" and seen.get(number, 0) != len(message.content):
            raise RecordError(
                f"message {number}: spans end at {seen.get(number, 0)} of {len(message.content)}"
            )
