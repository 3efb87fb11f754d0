"""Steps that announce themselves: "Step 1:", "**Step 2**", "### Step 3", "1. ", "2) ".

Markers of the word "Step" outrank bare numbers, so a list inside "Step 2" does not cut it. Of several
indentations only the smallest counts. A bare number must belong to a count (be 0 or 1, or
stand beside its neighbour): a line that happens to begin with "18. " is no step.
"""

import re
from typing import NamedTuple

from generators.blocks import Block, inside

_MARKER = re.compile(
    r"""
    ^(?P<indent>[ \t]{0,8})(?:[-*•][ ]|\#{1,6}[ ]*)?(?:\*\*|__)?
    (?: step[ ]?(?P<step>\d{1,3})(?=[ ]*(?:[:.)\-–—*_]|$))
      | (?P<number>\d{1,3})[.)](?=\s|\*\*) )
    """,
    re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)

_CONCLUSION = re.compile(
    r"(?:\*\*|\#{1,4}[ ]+)?(?:therefore|thus|hence|so,?[ ]the[ ](?:final[ ])?answer|the[ ](?:final[ ])?answer"
    r"|(?:final[ ])?answer[ ]?:|final[ ]answer|conclusion|in[ ]conclusion)\b|\#{4}|A:",
    re.IGNORECASE,
)
_LIST_ENTRY = re.compile(r"[-*•+][ ]")


class _Marker(NamedTuple):
    at: int
    indent: int
    word: bool
    number: int


def markers(text: str, whole: list[Block]) -> list[int]:
    """Offsets of the markers, indentation left to the text before; none within a block."""
    found = [_read(m) for m in _MARKER.finditer(text) if not inside(whole, m.start())]
    words = [m for m in found if m.word]
    for indent in sorted({m.indent for m in found}):
        aligned = [m for m in (words if len(words) >= 2 else found) if m.indent == indent]
        if chosen := _counting(aligned):
            return [m.at for m in chosen]
    return []


def _read(match: re.Match[str]) -> _Marker:
    indent = match["indent"]
    number = int(match["step"] or match["number"])
    return _Marker(match.end("indent"), len(indent), match["step"] is not None, number)


def _counting(found: list[_Marker]) -> list[_Marker]:
    numbers: list[int | None] = [None, *(m.number for m in found), None]
    return [
        marker
        for at, marker in enumerate(found, start=1)
        if marker.word
        or marker.number <= 1
        or numbers[at - 1] == marker.number - 1
        or numbers[at + 1] == marker.number + 1
    ]


def conclusions(text: str, marks: list[int], lines: list[int], paragraphs: list[int]) -> list[int]:
    """Unindented lines after the last marker that conclude, and paragraphs that leave the list.

    Where an earlier step holds unindented paragraphs too, so may the last one, and a
    paragraph after it leaves the list only if it opens like a conclusion.
    """
    if not marks:
        return []
    known = set(marks)
    closing = [at for at in lines if at > marks[-1] and _unindented(text, at) and _CONCLUSION.match(text, at)]
    leaving = [at for at in paragraphs if at > marks[0] and _unindented(text, at) and at not in known]
    leaving = [at for at in leaving if not _LIST_ENTRY.match(text, at)]
    if any(at < marks[-1] for at in leaving):
        return closing
    return closing + leaving


def concludes(text: str) -> bool:
    """Whether a step opens like a conclusion: "Therefore, …", "So the answer is …", "A: …"."""
    return _CONCLUSION.match(text.lstrip()) is not None


def _unindented(text: str, at: int) -> bool:
    return text[at - 1] == "\n"
