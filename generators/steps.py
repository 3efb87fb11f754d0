r"""Cutting an attempt's text into steps.

    >>> text = "3 + 4 = 7 eggs\n7 * 2 = 14 dollars\nA: 14"
    >>> [text[s.start:s.end] for s in split_steps(text)]
    ['3 + 4 = 7 eggs\n', '7 * 2 = 14 dollars\n', 'A: 14']

Steps tile the text; the white space after a step belongs to it, white space before the first step to
the first. Displays, fences and inline formulas (`generators.blocks`) are never cut, and a display
belongs to the text before it, with what goes on after it in lower case ("where x is …"). A
display right after a display is a step of its own where the style cuts there.

Not covered: steps that are marked otherwise ("First, … Second, …", "Step one"), headings (a
heading is a step of the `lines` and `paragraphs` styles), and numbered lists nested without
indentation.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from generators.blocks import Block, find_blocks, inside, union
from generators.markers import conclusions, markers
from generators.sentences import sentence_starts
from schemas.attempt import Step

StepStyle = Literal["auto", "numbered", "paragraphs", "lines", "sentences"]

_GAP = re.compile(r"\n\s*")
_CLOSERS = ("\\]", "$$", "}", "```", "~~~", "[/asy]")
_CONTINUES = (",", ".", ";", ":", ")")
_LONGEST_INTRODUCTION = 3  # paragraphs; a list further down is part of a text, not its steps


class _Layout(NamedTuple):
    """A text, what may not be cut in it, and where its lines and paragraphs begin."""

    text: str
    displays: list[Block]
    whole: list[Block]
    dollars: list[Block]
    lines: list[int]
    paragraphs: list[int]


def split_steps(text: str, style: StepStyle = "auto") -> tuple[Step, ...]:
    """The steps of a text; none for an empty text, one for a text of white space only.

    `auto` takes `numbered` where there are two markers ("Step 1:", "2.") after a short
    introduction, else `paragraphs` from two blank lines on, else `lines` from two lines on, else
    `sentences`.
    """
    return _split(text, style)


@lru_cache(maxsize=8192)  # a text is cut by every recipe that looks at it
def _split(text: str, style: StepStyle) -> tuple[Step, ...]:
    if not text:
        return ()
    layout = _lay_out(text)
    cuts = _auto_cuts(layout) if style == "auto" else _cuts(layout, style)
    bounds = [0, *cuts, len(text)]
    return tuple(Step(start, end) for start, end in pairwise(bounds))


def _lay_out(text: str) -> _Layout:
    blocks = find_blocks(text)
    whole = union(blocks.displays, blocks.parentheses)
    lines, paragraphs = [], []
    end = len(text.rstrip())
    begin = end and len(text) - len(text.lstrip())
    for gap in _GAP.finditer(text, begin, end):
        if not inside(whole, gap.end()):
            lines.append(gap.end())
            if gap.group().count("\n") > 1:
                paragraphs.append(gap.end())
    return _Layout(text, blocks.displays, whole, blocks.dollars, lines, paragraphs)


def _auto_cuts(layout: _Layout) -> list[int]:
    marks = markers(layout.text, layout.whole)
    if len(marks) >= 2 and sum(p < marks[0] for p in layout.paragraphs) < _LONGEST_INTRODUCTION:
        return _cuts(layout, "numbered", marks)
    if len(layout.paragraphs) >= 2:
        return _cuts(layout, "paragraphs")
    return _cuts(layout, "lines") or _cuts(layout, "sentences")


def _cuts(layout: _Layout, style: StepStyle, marks: list[int] | None = None) -> list[int]:
    """Where steps other than the first begin, sorted; `marks` where the markers are known."""
    whole = layout.whole
    if style == "paragraphs":
        starts = layout.paragraphs
    elif style == "lines":
        starts = layout.lines
    elif style == "numbered":
        marks = markers(layout.text, whole) if marks is None else marks
        starts = marks + conclusions(layout.text, marks, layout.lines, layout.paragraphs)
    else:
        starts = sentence_starts(layout.text, layout.displays)
        whole = union(whole, layout.dollars)
    return _keep(layout, whole, sorted(set(starts)))


def _keep(layout: _Layout, whole: list[Block], starts: list[int]) -> list[int]:
    """Starts that cut no block, part no display from its introduction, and leave no step blank."""
    opening = {block.start for block in layout.displays}
    text, kept = layout.text, []
    # A display that was never closed has no end that a text could go on from.
    closing = {block.end for block in layout.displays if text.endswith(_CLOSERS, *block)}
    for at in starts:
        end = at
        while end and text[end - 1].isspace():
            end -= 1
        if end == 0 or at >= len(text) or inside(whole, at):
            continue
        after_display = end in closing
        if at in opening and not after_display:
            continue
        if after_display and (text[at].islower() or text[at] in _CONTINUES):
            continue
        kept.append(at)
    return kept
