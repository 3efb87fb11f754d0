"""The shape of an answer: quantity, tuple or interval or set or list, assignment, words, clock time, …

x = 5 -> Assignment("x", Quantity(5))      (3, \\frac{\\pi}{2}) -> Group("()", …)      1, -2 -> Group("", …)
"""

import re
from functools import lru_cache, partial

from filters.verify.math.matrices import is_matrix, read_matrix
from filters.verify.math.quantity import read_quantity
from filters.verify.math.relations import is_relation, read_equation, read_relation
from filters.verify.math.roots import Undecidable
from filters.verify.math.shapes import Answer, Approximate, Assignment, Choice, Coded, Group, Words

MAX_ITEMS = 24
"""Longest list compared item by item."""

MAX_NESTING = 3
"""Deepest list of lists; deeper brackets are arithmetic."""


_NAME = re.compile(
    r"\((?:[A-Za-z]\s*,\s*)+[A-Za-z]\)|(?:[A-Za-z]|\\[A-Za-z]+|[A-Za-z]{3,20})(?:_\{?\w+\}?)?(?:\s*\(\s*[A-Za-z]\s*\))?'?"
)
_MEASURED = re.compile(
    r"\|?[A-Z]{2,4}\|?|\\frac\{[A-Z]{2}\}\{[A-Z]{2}\}|[A-Z](?:_\{?\w+\}?)?\s*:\s*[A-Z](?:_\{?\w+\}?)?"
)
_NAMED_MATRIX = re.compile(r"\s*(\\?[A-Za-z]+(?:\^\{?-1\}?)?)\s*=")
_MEMBER = re.compile(r"^([A-Za-z])\s*\\in(?![A-Za-z])")
_WORDS = re.compile(r"[A-Za-z]+(?:['\- ][A-Za-z]+)*")
_CHOICE = re.compile(
    r"\((?P<a>[A-Ja-j])\)(?P<at>\s+[A-Za-z].*)?|\((?P<b>[A-J])\)(?P<bt>\s+\d.{0,60})"
    r"|(?P<c>[A-J])(?P<ct>\).{0,60}|[.:](?:\s.{0,60})?)?",
    re.DOTALL,
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})\s*(?:([AaPp])\.?\s*[Mm]\.?)?")
_BASED = re.compile(r"([0-9A-Fa-f]+)_\{?(\d{1,2})\}?")
_RATIO = re.compile(r"(\d+)((?:\s*:\s*\d+)+)")
_JOINERS = re.compile(r"\s*(?:,|;)?\s*\b(?:and|or)\b\s*|\s*;\s*")
_LIST_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])")


@lru_cache(maxsize=4096)
def known_answer(text: str) -> Answer | None:
    """`read_answer`, remembered; None for what it cannot read."""
    try:
        return read_answer(text)
    except Undecidable:
        return None


def read_answer(text: str, depth: int = 0) -> Answer:
    """The answer that the whole (plain) text is, or `Undecidable`."""
    text = text.strip()
    if not text or depth > MAX_NESTING:
        raise Undecidable("empty or nested")
    coded = _coded(text)
    if coded is not None:
        return coded
    special = _special(text, depth)
    if special is not None:
        return special
    parts = _split(text if depth else _JOINERS.sub(", ", text))
    if len(parts) > 1:
        return Group("", _items(parts, depth))
    if "\\pm" in text and _enclosed(text) is None:
        return Group("", _items([text], depth))
    return _single(text, depth)


def _special(text: str, depth: int) -> Answer | None:
    """Matrices, relations and regions, which have commas and words of their own."""
    if is_matrix(text):
        if depth == 0 and (named := _NAMED_MATRIX.match(text)):
            return Assignment(named[1], read_answer(text[named.end() :], 1))
        if text.count("\\begin") == 1 and not text.startswith("\\{"):
            return read_matrix(text, partial(read_answer, depth=depth + 1))
    elif is_relation(text):
        if member := _MEMBER.match(text):
            return Assignment(member[1], read_answer(text[member.end() :], depth + 1))
        return read_relation(text, partial(read_answer, depth=depth + 1))
    return None


def _single(text: str, depth: int) -> Answer:
    text = _MEMBER.sub(r"\1=", text)
    if (about := text.rfind("\\approx")) >= 0:
        return _approximate(text[:about], text[about + 7 :], depth)
    if "=" in text:
        return _assigned(text, depth)
    brackets = _enclosed(text)
    if brackets is not None:
        is_set = brackets == "\\{\\}"
        inner = _members(text[2:-2] if is_set else text[1:-1], brackets)
        if not inner:
            raise Undecidable("nothing in brackets")
        if len(inner) > 1 or is_set or brackets == "{}":
            return Group("{}" if is_set else brackets, _items(inner, depth))
    if _WORDS.fullmatch(text) and any(len(word) > 2 for word in re.split("[ '-]", text)):
        return Words(_words(text))
    return read_quantity(text)


def _assigned(text: str, depth: int) -> Answer:
    name, _, value = text.partition("=")
    if "=" in value or not value.strip():
        raise Undecidable("chain of equations")
    name = name.strip()
    if not _NAME.fullmatch(name):
        measured = _MEASURED.fullmatch(name) and not re.search("[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", value))
        if not measured:
            return read_equation(name, value)
    return Assignment("".join(name.split()), read_answer(value, depth + 1))


def _approximate(before: str, after: str, depth: int) -> Answer:
    """`x ≈ 3.01` has an approximate value; `\\frac{19}{6} ≈ 3.17` is what stands before the sign."""
    before = before.strip().removesuffix("=").strip()
    if before and not _NAME.fullmatch(before):
        return read_answer(before, depth + 1)
    return Approximate(read_answer(after, depth + 1))


def _coded(text: str) -> Coded | Choice | None:
    if clock := _CLOCK.fullmatch(text):
        return Coded("clock", (str(int(clock[1])), clock[2], (clock[3] or "").lower()))
    if _RATIO.fullmatch(text):
        return Coded("ratio", tuple(part.strip() for part in text.split(":")))
    if based := _BASED.fullmatch(text):
        return Coded("base", (based[1].upper().lstrip("0"), based[2]))
    if choice := _CHOICE.fullmatch(text):
        letter, words = (
            choice["a"] or choice["b"] or choice["c"],
            choice["at"] or choice["bt"] or choice["ct"],
        )
        return Choice(letter.upper(), _words((words or "").strip("). :")))
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


def _members(text: str, brackets: str) -> list[str]:
    """The parts of `12,102` in brackets: two numbers of a point or interval; in a set it may be one."""
    if text.count(",") == 1 and _LIST_COMMA.fullmatch(text.strip()):
        if brackets[0] in "([":
            return text.split(",")
        raise Undecidable("separator")
    return _split(text)


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
