r"""Where sentences begin, in prose with formulas.

A sentence ends at `.`, `!` or `?` before white space and a following capital, digit, formula or
quote, but not after an abbreviation ("Mr.", "e.g.", "No. 5"), an initial ("J. Smith", while
"point D. Then" does end) or the number of a list entry ("1. First"). It also ends at a blank
line, at a line break before a capital or a list entry unless the line hangs on a comma or colon, and
after a display that a capital follows (`$$x = 5.$$Then`). English only: other languages are cut at
the same marks, without their abbreviations.
"""

import re

from generators.blocks import Block

# The lookbehind keeps a run of 100k full stops from being tried at each of them.
_END = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]*_$\\]{0,6}\s+")
_LINE = re.compile(r"\n\s*")
_LIST_ENTRY = re.compile(r"(?:[-*•+]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
_WORD_BEFORE = 40  # code points looked at before a full stop; no abbreviation and no name is longer

_NEVER_LAST = re.compile(
    r"mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|eg|ie|cf|approx|resp|gen|col|sgt|capt|lt|hon|rev|w\.r\.t|viz|ca"
)
_BEFORE_NUMBER = re.compile(r"nos?|figs?|eqs?|sec|ch|vol|pp?|thm|lem|art|ex|def|cor|prop")
_SELDOM_LAST = re.compile(r"etc|[ap]\.m|in|ft|hrs?|min|sec|lbs?|oz|u\.s|u\.k|jr|sr|inc|ltd|co|dept|est")


def sentence_starts(text: str, displays: list[Block]) -> list[int]:
    """Offsets at which a sentence may begin, unsorted; the caller drops those inside a block."""
    starts = [m.end() for m in _LINE.finditer(text) if _breaks_at_line(text, m)]
    starts += [start for block in displays if (start := _start_after(text, block)) is not None]
    last = -1
    for match in _END.finditer(text):
        if _ends_here(text, match, last):
            last = match.end()
            starts.append(last)
    return starts


def _breaks_at_line(text: str, gap: re.Match[str]) -> bool:
    if gap.group().count("\n") > 1:
        return True
    if _LIST_ENTRY.match(text, gap.end()):
        return True
    hangs = text[max(gap.start() - 1, 0) : gap.start()] in tuple(",:;=+-(")
    return not hangs and text[gap.end() : gap.end() + 1].isupper()


def _start_after(text: str, block: Block) -> int | None:
    at = block.end
    # A display's white space is short; the bound keeps hostile texts linear.
    while at < min(len(text), block.end + 80) and text[at].isspace():
        at += 1
    return at if text[at : at + 1].isupper() else None


def _ends_here(text: str, match: re.Match[str], last: int) -> bool:
    following = text[match.end() : match.end() + 1]
    if not following or following.islower() or following in ",;:)]}=+":
        return False
    if match.group()[0] != "." or match.group().startswith(".."):
        return True
    head = text[max(match.start() - _WORD_BEFORE, 0) : match.start()]
    words = head.split()
    word = words[-1].lstrip("([\"'“‘*_") if words and not head[-1].isspace() else ""
    if _is_list_number(text, word, match.start(), last):
        return False
    return not _is_abbreviation(word, words[-2] if len(words) > 1 else "", following)


def _is_list_number(text: str, word: str, end: int, last: int) -> bool:
    """`1`, `a` or `Step 1` right at the beginning of a line or sentence."""
    start = end - len(word)
    line = text.rfind("\n", max(0, end - _WORD_BEFORE), end) + 1
    lead = text[max(line, last, end - _WORD_BEFORE) : start].strip(" \t*#(").lower()
    short = word.isdigit() or (len(word) == 1 and word.isalpha() and word.islower())
    at_beginning = line > 0 or last > end - _WORD_BEFORE or end < _WORD_BEFORE
    return short and at_beginning and lead in ("", "step")


def _is_abbreviation(word: str, before: str, following: str) -> bool:
    lower = word.lower()
    if _NEVER_LAST.fullmatch(lower):
        return True
    if _BEFORE_NUMBER.fullmatch(lower) and (following.isdigit() or following in "($\\"):
        return True
    if _SELDOM_LAST.fullmatch(lower):
        return not following.isupper()
    initial = len(word) == 1 and word.isupper()
    return initial and following.isupper() and (not before or before[0].isupper() or before.endswith("."))
