"""A row's spans as weights of tokens: what a trainer of the row is to learn, token by token.

The conversation is rendered once and tokenised once. A token weighs what its characters weigh: the template's
own nothing, a span's characters the span's weight, and the template's words after an assistant's content,
up to and including its end-of-turn token, what the last span before them weighs. A token with characters of
different weights takes the least of them; one with both masked and learnt characters straddles, and is masked.

    >>> row = [Message("user", "2 + 2?"), Message("assistant", "5. No: 4.")]
    >>> spans = [Span(0, 2, "mistake", 0.0, message=1), Span(2, 9, "correction", 1.0, message=1)]
    >>> labels = token_labels(PlainTokens(), row, spans)
    >>> "".join(map(chr, (i for i, w in zip(labels.ids, labels.weights) if w)))
    ' No: 4.<|im_end|>'
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generators.chat_tokens import ChatTokens
from generators.rendered import Rendered, rendered
from schemas.exceptions import RecordError
from schemas.segment import Message, Span

MASKED_ID = -100
"""The label that trainers leave out of the loss."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """`text[start:end]` of the rendered conversation bears the loss `weight`."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class TokenLabels:
    """Ids of a whole conversation and the weight of each; `straddling` are indices of masked tokens that hold
    learnt characters. `stretches` tile `text`; `ends` are, for each assistant message, where its end-of-turn
    token begins and ends in `text`, None where the template writes none."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]
    straddling: tuple[int, ...]
    covers: tuple[tuple[int, int], ...]
    text: str
    stretches: tuple[Weighed, ...]
    ends: tuple[tuple[int, int] | None, ...]

    @property
    def labels(self) -> tuple[int, ...]:
        """Ids, `MASKED_ID` for what is not learnt. Weights other than 0 and 1 are lost in it."""
        return tuple(
            number if weight > 0 else MASKED_ID for number, weight in zip(self.ids, self.weights, strict=True)
        )


def token_labels(tokens: ChatTokens, messages: Sequence[Message], spans: Sequence[Span]) -> TokenLabels:
    """The weights of a row's tokens. RecordError where the template refuses or rewrites the conversation, and
    where a content holds a special token, which would end its turn or open another."""
    for number, message in enumerate(messages):
        for special in tokens.special:
            if special in message.content:
                raise RecordError(f"message {number} ({message.role}) contains the special token {special!r}")
    if any(span.field != "content" for span in spans):
        raise RecordError("only spans of `content` have a place in a rendered conversation")
    whole = _rendered(tokens, messages)
    ends = _ends(tokens, whole, messages)
    stretches = _stretches(whole, spans, ends)
    ids, covers = tokens.encode(whole.text)
    weights, straddling = _weigh(covers, stretches)
    own = tuple(ends[number] for number, m in enumerate(messages) if m.role == "assistant")
    return TokenLabels(ids, weights, straddling, covers, whole.text, stretches, own)


def _rendered(tokens: ChatTokens, messages: Sequence[Message]) -> Rendered:
    try:
        return rendered(tokens.text, messages)
    except RecordError:
        raise
    except Exception as error:  # templates raise what they like: jinja2 errors, TypeError, …
        roles = ", ".join(m.role for m in messages)
        raise RecordError(f"the chat template refuses a conversation of {roles}: {error}") from error


def _ends(
    tokens: ChatTokens, whole: Rendered, messages: Sequence[Message]
) -> dict[int, tuple[int, int] | None]:
    """Where the end of each message's turn stands. Which token it is shows behind the last message: behind
    the others the first special token may be one that opens the next turn."""
    found = [(at, -len(s), s) for s in tokens.special if (at := whole.closings[-1].find(s)) >= 0]
    turn_end = min(found)[2] if found else ""
    ends: dict[int, tuple[int, int] | None] = {}
    for number, (place, closing) in enumerate(zip(whole.places, whole.closings, strict=True)):
        at = closing.find(turn_end) if turn_end else -1
        ends[number] = None if at < 0 else (place.end + at, place.end + at + len(turn_end))
    return ends


def _stretches(
    whole: Rendered, spans: Sequence[Span], ends: dict[int, tuple[int, int] | None]
) -> tuple[Weighed, ...]:
    """The text in stretches of one weight, neighbours of one weight joined."""
    found: list[Weighed] = []

    def add(end: int, weight: float) -> None:
        start = found[-1].end if found else 0
        if end <= start:
            return
        if found and found[-1].weight == weight:
            start = found.pop().start
        found.append(Weighed(start, end, weight))

    for number, place in enumerate(whole.places):
        add(place.start, 0.0)
        own = [span for span in spans if span.message == number]
        for span in own:
            add(min(place.start + span.end - place.lead, place.end), span.weight)
        closed = ends[number]
        if own and closed is not None:
            add(closed[1], own[-1].weight)
    add(len(whole.text), 0.0)
    return tuple(found)


def _weigh(
    covers: Sequence[tuple[int, int]], stretches: Sequence[Weighed]
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """The weight of every token, and which straddle. Both lists go forward, so each is walked once."""
    weights: list[float] = []
    straddling: list[int] = []
    first = 0
    for number, (start, end) in enumerate(covers):
        while first < len(stretches) - 1 and stretches[first].end <= start:
            first += 1
        at, least, most = first, stretches[first].weight, 0.0
        while at < len(stretches) and stretches[at].start < end:
            least, most = min(least, stretches[at].weight), max(most, stretches[at].weight)
            at += 1
        weights.append(least if end > start else 0.0)
        if least == 0 < most and end > start:
            straddling.append(number)
    return tuple(weights), tuple(straddling)
