r"""The answer that a model's text states, and where it stands.

    "So 6 * 7 = \boxed{42}."   -> Extracted("42", …, how="boxed")
    "A: 1,200 dollars"         -> Extracted("1,200 dollars", …, how="a_line")

Kinds in order of trust: `\boxed{…}` or `\fbox{…}`, `#### …`, a line `A: …` or `**Answer:** …`, "the final
answer is …", and, unless only explicit answers count, the last line. A later explicit answer wins
over an earlier one of any kind, because a text may hold a wrong answer and then its correction; of
two that overlap the more trusted wins. `text[start:end] == answer` always.

Not covered: answers in other languages' phrasing, answers spread over several sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from filters.verify.math.notation import closing_brace

How = Literal["boxed", "hash", "a_line", "phrase", "last_line"]

MAX_TAIL = 20_000
"""Characters from the end that are searched; earlier answers than that are not final ones."""

SHORT_LINE = 40
"""A last line up to this length is the answer itself where it is not a sentence with a number."""

MAX_PHRASE = 200
"""Longest answer taken from a line or phrase."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """An answer and its half-open range of code points in the text."""

    answer: str
    start: int
    end: int
    how: How


_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_BETWEEN_BOXES = re.compile(
    r"(?:[\s$,;.()\[\]\\]|\band\b|\bor\b|\\text\s*\{\s*(?:and|or)\s*\}|\\q?quad|\b[A-Za-z](?:_\{?\w+\}?)?\s*=)*"
)
_HASH = re.compile(r"^[ \t]*#### ?(?P<answer>[^\n]*)", re.MULTILINE)
_A_LINE = re.compile(
    r"^[ \t>#*_-]*(?:(?:the[ \t]+)?(?:final[ \t]+)?answer|A)[ \t]*(?:\*\*|__)?[ \t]*[:=：][ \t]*(?:\*\*|__)?"
    r"[ \t]*(?P<answer>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_VERDICTS = frozenset(["correct", "incorrect", "right", "wrong"])
"""What "the answer is" also goes on with where an answer has been checked."""
_NEXT_LINE = re.compile(r"\s*(?P<answer>\S[^\n]*)")
# the answer is looked ahead at: "the answer is 42? No, the answer is 43" has two on one line
_PHRASE = re.compile(
    r"\b(?:final[ \t]+|correct[ \t]+)?answer(?:[ \t]+to[ \t][^.\n:=]{1,60})?[ \t]+(?:is|equals|=)[ \t]*:?\s*"
    r"(?=(?P<answer>[^\n]*))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[,;](?=\s+[A-Za-z])|\s+(?:because|since|so|which|and we|I hope)\b")
_NUMBER = re.compile(r"(?:(?<![\w)\]}.] )(?<![\w.)\]}])-)?\$?\d[\d,]*(?:\.\d+)?(?:/\d[\d,]*)?%?|(?<!\d)\.\d+")
_FORMULA = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]|(?<!\\)\$(?!\d+[^$]*[a-z]{3})[^$\n]+\$")
_BROKEN_OFF = re.compile(r"[\d)](?:[ \t]+[-+/x][ \t]+|[ \t]*[*×÷][ \t]*)\$?[\d.,]+$|=\s*$|<<[^<>\n]*$")
"""A last line that ends within a computation ("pays 5 * 1", "14 * 2 =", "<<41.5+8."): no number there is a result."""
_SHORT = 4000
"""Longest text, in characters, whose answer is remembered: memory stays below some 100 MB."""
_OPTION_B = re.compile(r"\s*\n[ \t*]*B[ \t]*[:=]")
_OPENERS = ("**", "__", "$$", "\\(", "\\[", "$", "*", "_", "`", '"', "“", ":", " ", "\t", "=")
_CLOSERS = ("**", "__", "$$", "\\)", "\\]", "*", "_", "`", '"', "”", ".", ",", ";", "!", " ", "\t", "\r")


def extract_answer(text: str, explicit_only: bool = False) -> Extracted | None:
    """The last explicit answer; without one the last line's, unless `explicit_only`; None if nothing.

    A text that was cut in the middle has a last line but no final answer: ask for explicit ones there.
    """
    return (_remembered if len(text) <= _SHORT else _extracted)(text, explicit_only)


def _extracted(text: str, explicit_only: bool) -> Extracted | None:
    offset = max(0, len(text) - MAX_TAIL)
    found: Extracted | None = None
    for candidate in _explicit(text, offset):
        # kinds come in order of trust, so an overlapping later kind never replaces an earlier one
        if found is None or candidate.start >= found.end:
            found = candidate
    if found is None and not explicit_only:
        found = _last_line(text)
    return found


# The rows of a case quote the same few texts, and every one of them is verified again.
_remembered = lru_cache(maxsize=16384)(_extracted)


def _explicit(text: str, offset: int) -> Iterator[Extracted]:
    for last in (_last_box, _last_hash, _last_a_line, _last_phrase):
        candidate = last(text, offset)
        if candidate is not None:
            yield candidate


def _last_box(text: str, offset: int) -> Extracted | None:
    r"""The last box; `\boxed{1} and \boxed{2}` is one answer from the first brace to the last."""
    boxes: list[tuple[int, int, int]] = []
    if "box" not in text:
        return None
    for match in _BOX.finditer(text, offset):
        if boxes and match.start() < boxes[-1][2]:
            continue  # a box in a box
        closing = closing_brace(text, match.end() - 1)
        if closing is None:
            break  # cut in the middle: an unclosed box states nothing, nor does what it holds
        boxes.append((match.start(), match.end(), closing))
    if not boxes:
        return None
    first = len(boxes) - 1
    while first and _BETWEEN_BOXES.fullmatch(text, boxes[first - 1][2] + 1, boxes[first][0]):
        first -= 1
    if first < len(boxes) - 1 and len({text[a:b] for _, a, b in boxes[first:]}) > 1:
        return Extracted(text[boxes[first][0] : boxes[-1][2] + 1], boxes[first][0], boxes[-1][2] + 1, "boxed")
    return _trimmed(text, boxes[-1][1], boxes[-1][2], "boxed")


def _last_hash(text: str, offset: int) -> Extracted | None:
    if "####" not in text:
        return None
    matches = list(_HASH.finditer(text, offset))
    return _trimmed(text, *matches[-1].span("answer"), "hash") if matches else None


def _last_a_line(text: str, offset: int) -> Extracted | None:
    for match in reversed(list(_A_LINE.finditer(text, offset))):
        start, end = match.span("answer")
        if _OPTION_B.match(text, end):
            continue  # the list of choices of a question
        if not text[start:end].strip(" *_"):
            following = _NEXT_LINE.match(text, end)
            if following is None:
                continue
            start, end = following.span("answer")
        found = _trimmed(text, start, _phrase_end(text, start, end), "a_line")
        if found is not None:
            return found
    return None


def _last_phrase(text: str, offset: int) -> Extracted | None:
    if "answer" not in text.lower():  # ten times as fast as the pattern's search
        return None
    for match in reversed(list(_PHRASE.finditer(text, offset))):
        start, end = match.span("answer")
        found = _trimmed(text, start, _phrase_end(text, start, end), "phrase")
        if found is not None and _states_something(found.answer):
            return found
    return None


def _states_something(answer: str) -> bool:
    """Whether words after "the answer is" are an answer and not a remark ("reasonable so far") or a verdict."""
    if answer.lower() in _VERDICTS:
        return False
    return len(answer) <= MAX_PHRASE and (
        any(mark.isdigit() or mark in "\\$" for mark in answer) or len(answer.split()) == 1
    )


def _phrase_end(text: str, start: int, end: int) -> int:
    """Where the answer's clause ends: a sentence's end outside math, at most MAX_PHRASE on."""
    end = min(end, start + MAX_PHRASE)
    for match in _SENTENCE_END.finditer(text, start, end):
        if text.count("$", start, match.start()) % 2 == 0 and match.start() > start:
            return match.start()
    return end


def _last_line(text: str) -> Extracted | None:
    end = len(text.rstrip())
    start = text.rfind("\n", 0, end) + 1
    line = text[start:end]
    if _BOX.search(line):
        return None  # a box without its end: the text was cut inside the answer
    numbers = list(_NUMBER.finditer(text, start, end)) if end - start <= MAX_TAIL else []
    sentence = re.search(r"(?<!\\)\b[A-Za-z]{3,}\b.*\s|\s.*(?<!\\)\b[A-Za-z]{3,}\b|<<", line[:SHORT_LINE])
    if len(line) <= SHORT_LINE and not (numbers and sentence):
        return _trimmed(text, start, end, "last_line")
    if not numbers or _BROKEN_OFF.search(line[-MAX_PHRASE:]):
        return None
    for formula in reversed(list(_FORMULA.finditer(text, max(start, end - MAX_PHRASE), end))):
        if formula.end() > numbers[-1].start():
            return _trimmed(text, *formula.span(), "last_line")
    if text[numbers[-1].end() : numbers[-1].end() + 1] in ("}", "]", ")"):
        return None  # the last number is a part of something: `(7, 6)`, `\frac{2}{5}`
    return _trimmed(text, *numbers[-1].span(), "last_line")


def _trimmed(text: str, start: int, end: int, how: How) -> Extracted | None:
    """The range without markdown, math delimiters and closing punctuation; None if nothing is left."""
    changed = True
    while changed and start < end:
        changed = False
        for mark in _OPENERS:
            if text.startswith(mark, start, end) and not (
                mark == "$" and text[start + 1 : start + 2].isdigit()
            ):
                start, changed = start + len(mark), True
        for mark in (*_CLOSERS, "$"):
            if start < end and text.endswith(mark, start, end) and not text.endswith("\\" + mark, start, end):
                end, changed = end - len(mark), True
    return Extracted(text[start:end], start, end, how) if start < end else None
