"""The shape of an answer: quantity, tuple or interval or set or list, assignment, words, clock time, …

x = 5 -> Assignment("x", Quantity(5))      (3, \\frac{\\pi}{2}) -> Group("()", …)      1, -2 -> Group("", …)
"""

import re
from dataclasses import dataclass

from filters.verify.math.quantity import Quantity, read_quantity
from filters.verify.math.roots import Undecidable

MAX_ITEMS = 24
"""Longest list compared item by item."""

MAX_NESTING = 3
"""Deepest list of lists; deeper brackets are arithmetic."""


@dataclass(frozen=True, slots=True)
class Group:
    """Several answers; `brackets` is `()`, `[)`, `{}`, … and empty for a bare list."""

    brackets: str
    items: tuple["Answer", ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name = value`; the name is as written, without spaces."""

    name: str
    value: "Answer"


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words, lower case, without articles."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A letter of a multiple choice, perhaps with the words after it."""

    letter: str


@dataclass(frozen=True, slots=True)
class Coded:
    """Digits that are not decimal arithmetic: clock time, ratio, number in another base."""

    kind: str
    parts: tuple[str, ...]


Answer = Quantity | Group | Assignment | Words | Choice | Coded

_NAME = re.compile(
    r"\((?:[A-Za-z]\s*,\s*)+[A-Za-z]\)|(?:[A-Za-z]|\\[A-Za-z]+|[A-Za-z]{3,20})(?:_\{?\w+\}?)?(?:\s*\(\s*[A-Za-z]\s*\))?'?"
)
_MEMBER = re.compile(r"^([A-Za-z])\s*\\in(?![A-Za-z])")
_WORDS = re.compile(r"[A-Za-z]+(?:['\- ][A-Za-z]+)*")
_CHOICE = re.compile(
    r"\(([A-Ja-j])\)(?:\s+[A-Za-z].*)?|\(([A-J])\)\s+\d.{0,60}|([A-J])(?:[).:]\s*.{0,60})?", re.DOTALL
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})\s*(?:([AaPp])\.?\s*[Mm]\.?)?")
_BASED = re.compile(r"([0-9A-Fa-f]+)_\{?(\d{1,2})\}?")
_RATIO = re.compile(r"(\d+)((?:\s*:\s*\d+)+)")
_JOINERS = re.compile(r"\s*(?:,|;)?\s*\b(?:and|or)\b\s*|\s*;\s*")
_LIST_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])")


def read_answer(text: str, depth: int = 0) -> Answer:
    """The answer that the whole (plain) text is, or `Undecidable`."""
    text = text.strip()
    if not text or depth > MAX_NESTING:
        raise Undecidable("empty or nested")
    coded = _coded(text)
    if coded is not None:
        return coded
    parts = _split(text if depth else _JOINERS.sub(", ", text))
    if len(parts) > 1:
        return Group("", _items(parts, depth))
    if "\\pm" in text and _enclosed(text) is None:
        return Group("", _items([text], depth))
    return _single(text, depth)


def _single(text: str, depth: int) -> Answer:
    text = _MEMBER.sub(r"\1=", text)
    if "=" in text:
        name, _, value = text.partition("=")
        if "=" in value or not _NAME.fullmatch(name.strip()):
            raise Undecidable("equation")
        return Assignment("".join(name.split()), read_answer(value, depth + 1))
    brackets = _enclosed(text)
    if brackets is not None:
        is_set = brackets == "\\{\\}"
        inner = _split(text[2:-2] if is_set else text[1:-1])
        if len(inner) > 1 or is_set or brackets == "{}":
            return Group("{}" if is_set else brackets, _items(inner, depth))
    if _WORDS.fullmatch(text) and any(len(word) > 2 for word in re.split("[ '-]", text)):
        return Words(_words(text))
    return read_quantity(text)


def _coded(text: str) -> Coded | Choice | None:
    if clock := _CLOCK.fullmatch(text):
        return Coded("clock", (str(int(clock[1])), clock[2], (clock[3] or "").lower()))
    if _RATIO.fullmatch(text):
        return Coded("ratio", tuple(part.strip() for part in text.split(":")))
    if based := _BASED.fullmatch(text):
        return Coded("base", (based[1].upper().lstrip("0"), based[2]))
    if choice := _CHOICE.fullmatch(text):
        return Choice((choice[1] or choice[2] or choice[3]).upper())
    return None


def _items(parts: list[str], depth: int) -> tuple[Answer, ...]:
    """The members of a list; one with ± counts as two."""
    signed: list[str] = []
    for part in parts:
        if part.count("\\pm") > 1:
            raise Undecidable("two ±")
        signed += [part.replace("\\pm", sign) for sign in "+-"] if "\\pm" in part else [part]
    if len(signed) > MAX_ITEMS:
        raise Undecidable("long list")
    return tuple(read_answer(part, depth + 1) for part in signed)


def _enclosed(text: str) -> str | None:
    r"""The brackets around the whole text: `()`, `[)`, `{}`, `\{\}`; None where they do not enclose it."""
    if text.startswith("\\{") and text.endswith("\\}") and text.count("\\{") == 1:
        return "\\{\\}"
    if text[0] not in "([{" or text[-1] not in ")]}":
        return None
    depth = 0
    for at, mark in enumerate(text):
        depth += (mark in "([{") - (mark in ")]}")
        if depth == 0 and at < len(text) - 1:
            return None
    return text[0] + text[-1]


def _split(text: str) -> list[str]:
    """Parts between commas outside brackets; `1,200` is one part where it stands alone."""
    if depth_free := not any(mark in text for mark in "([{"):
        text = _LIST_COMMA.sub(lambda n: n.group().replace(",", ""), text) if _alone(text) else text
    parts, depth, start = [], 0, 0
    for at, mark in enumerate(text):
        if not depth_free:
            depth += (mark in "([{") - (mark in ")]}")
        if mark == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def _alone(text: str) -> bool:
    """Whether commas without a space after them can only be thousands separators here."""
    return ", " in text or len(_LIST_COMMA.findall(text)) == 1


def _words(text: str) -> str:
    words = [w for w in text.lower().replace("-", " ").split() if w not in ("a", "an", "the")]
    return " ".join(words)
