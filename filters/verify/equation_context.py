"""Words and signs around an equation that may give it another meaning.

`half of 10 + 2 = 7`, `apples 3 - 4 = 1`, `12 / 5 = 2 remainder 2`, `8 + 9 = 5 (mod 12)`: where there is a
doubt, an equation that does not hold is left undecided. An equation that holds needs no context.
"""

import re
from itertools import pairwise

from filters.verify.text_tokens import TextToken

_CLAUSE_END = re.compile(r"[.,:;=(\[\n](?!\d)|\\[\[(]|\$(?!\d)")
_RELATING = re.compile(
    r"\b(?:half|third|quarter|twice|thrice|double|triple|times|plus|minus|less|more|added?|adding|of|by|than|"
    r"from|to|over|per|and|with|subtract\w*|divid\w*|multipl\w*|percent|every|each|between|dozens?|hundreds?|"
    r"thousands?|millions?|two|three|four|five|six|seven|eight|nine|ten|twelve|step|day|week|part|case|number|"
    r"mod|base|problem|question|equation|about|approximately|around|roughly|nearly|almost|if|not|wrong\w*|"
    r"instead|mistake\w*|incorrect\w*|say|said|claim\w*|suppose|assum\w*)\b|\d",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:(?:hundred|thousand|million|billion|trillion|dozen|score|remainder|rem|mod|half|halves|thirds?|"
    r"quarters?|tenths?|hundredths?|percent|approx\w*|or so|is (?:wrong|incorrect|not)|\(mod|\(approx\w*|"
    r"\(round\w*|rounded|\(wrong|\(incorrect|with a remainder|left ?over|and (?:a|\d|one|two|three)\b|"
    r"[rR] ?\d+|k|K|M)\b|\\p?mod|\\bmod|\.\.\.|…|\\[lc]?dots|\\overline|\\sqrt|\\pi|π|√|!|\?|:\d|_|\^|<<|>>|"
    r"[/*+×·]|-\s*[\w$\\(]|\\times)"
)
_LETTER = re.compile(r"(?:[A-Za-z]|\s[b-zB-HJ-Z])(?![A-Za-z'.])")
_OPEN_BEFORE = re.compile(
    r"(?:[-+*/×÷·^_√(<{\\#%≈~]|[\])}|]|\\(?!quad|qquad|implies|Rightarrow|to)[A-Za-z]+)\s*$"
)


def doubtful_before(text: str, start: int) -> bool:
    """Whether what stands before an expression may belong to it or change its meaning."""
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, start - 120) : start].rstrip(" $€£&").removesuffix("**")
    if start and (text[start - 1].isalnum() or text[start - 1] in "_.:'"):
        return True
    if not before.strip(" -•"):  # a new line or bullet: does the line before go on?
        previous = text[:line].rstrip()
        return bool(re.search(r"[-+*/×÷·^(]$|\\\\$", previous)) and not previous.endswith("**")
    if _OPEN_BEFORE.search(before) and not re.search(r"\\[\[(]$|(?<![A-Za-z\d)])\($", before):
        return True
    ends = [match.end() for match in _CLAUSE_END.finditer(before)]
    return bool(_RELATING.search(before[ends[-1] if ends else 0 :]))


def doubtful_after(text: str, end: int) -> bool:
    """Whether what stands after a result may belong to it (a unit word does not)."""
    following = text[end : end + 40].lstrip("*$")
    if re.match(r"\s*/\s*(?:\\text|[A-Za-z]{2})", following):
        return False  # `= $2/hour`
    return bool(_AFTER.match(following) or _LETTER.match(following))


def doubtful_shape(left: list[TextToken], text: str) -> bool:
    """`1/2 = 50`, `25 / 1/3 = 75`, a clock `0900 - 0130`, or a dash that may not be a minus."""
    kinds = [token.kind for token in left]
    if any(re.match(r"0\d", token.text) for token in left if token.kind == "num"):
        return True
    slashes = [n for n, token in enumerate(left) if token.text == "/"]
    if any(b - a == 2 for a, b in pairwise(slashes)):
        return True
    if kinds == ["num", "op", "num"] and left[1].text == "/" and float(left[0].text) < float(left[2].text):
        return True
    first = left[0]
    return first.text == "-" and text[first.end : first.end + 1] == " "
