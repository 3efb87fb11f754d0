"""Where the contents of a conversation stand in its rendered text.

A content cannot be looked for: `a` stands in `assistant` too. So the template is rendered a second time with
marks in place of the contents; what stands between the marks is the template's own. Templates that strip a
content are followed, those that rewrite one (that take a thought out of earlier turns, say) are refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from schemas.exceptions import RecordError
from schemas.segment import Message

_STRIPPED: tuple[Callable[[str], str], ...] = (str, str.strip, str.rstrip, str.lstrip)


@dataclass(frozen=True, slots=True)
class Place:
    """`text[start:end]` of the rendered text is a message's content from its character `lead` on."""

    start: int
    end: int
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A conversation's text, where each message's content is, and what follows each up to the next content."""

    text: str
    places: tuple[Place, ...]
    closings: tuple[str, ...]


def rendered(template: Callable[[Sequence[Message]], str], messages: Sequence[Message]) -> Rendered:
    """The text that `template` makes of the messages; RecordError where their contents are not found in it."""
    text = template(messages)
    marks = _marks(messages)
    marked = template([replace(m, content=mark) for m, mark in zip(messages, marks, strict=True)])
    parts = []
    for number, mark in enumerate(marks):
        before, found, marked = marked.partition(mark)
        if not found:
            raise RecordError(f"the chat template leaves message {number} out")
        parts.append(before)
    parts.append(marked)
    if not text.startswith(parts[0]):
        raise RecordError("the chat template begins otherwise where the contents are others")
    places, at = [], len(parts[0])
    for number, (message, closing) in enumerate(zip(messages, parts[1:], strict=True)):
        content = _found(text, at, message.content, closing)
        if content is None:
            raise RecordError(f"the chat template rewrites the content of message {number} ({message.role})")
        lead = message.content.index(content) if content else 0
        places.append(Place(at, at + len(content), lead))
        at += len(content) + len(closing)
    if at != len(text):
        raise RecordError("the chat template ends otherwise where the contents are others")
    return Rendered(text, tuple(places), tuple(parts[1:]))


def _found(text: str, at: int, content: str, closing: str) -> str | None:
    """The content, whole or stripped, where it stands at `at` with the template's next words behind it."""
    forms = (strip(content) for strip in _STRIPPED)
    return next((form for form in forms if text.startswith(form + closing, at)), None)


def _marks(messages: Sequence[Message]) -> list[str]:
    """A text for each message that occurs in none; private characters, which no template strips."""
    sign = "\ue000"
    while any(sign in m.content for m in messages):
        sign += "\ue000"
    return [f"{sign}{number}\ue001" for number in range(len(messages))]
