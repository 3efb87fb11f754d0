r"""Tokens of running text, for finding the arithmetic in it.

Numbers, operators (`x`, `×`, `\times`, `\div`, … become `*` and `/`), brackets, `=`, `%`, `\frac`, calculator
notes (`<<16-3=13>>`), and words for everything else. Currency signs, markdown bold, LaTeX spacing and
math delimiters are left out, so that `$5 * 3 = $**15**` reads `5 * 3 = 15`.
"""

import re
from dataclasses import dataclass

MAX_NUMBER = 30
"""Longest number that counts as one; longer digit runs are words."""

NUMBER = r"(?:\d{1,3}(?:(?:,|\{,\}|,\\!)\d{3})+(?![\d,])(?:\.\d+)?|\d+\.\d+|\.\d+|\d+)"

_TOKEN = re.compile(
    r"(?P<break>\n|\\\\)"
    r"|(?P<note><<[^<>=\n]{1,200}=[^<>=\n]{1,60}>>)"
    r"|(?P<power>(?<=[\d)])\*\*(?=[\d(])|\^)"
    r"|(?P<skip>[^\S\n]+|\*\*|__|\\?\$|[€£&]|\\(?:left|right|displaystyle|quad)(?![A-Za-z])|\\[,;:! ]"
    r"|\\(?:boxed|fbox|mathbf)\s*\{)"
    rf"|(?P<num>{NUMBER})"
    r"|(?P<frac>\\[dtc]?frac(?![A-Za-z]))"
    r"|(?P<times>\*|×|·|⋅|\\times(?![A-Za-z])|\\cdot(?![A-Za-z])|(?<=[\d)\s%>])[xX](?=\s*\$?[\d.(<]))"
    r"|(?P<over>/|÷|\\div(?![A-Za-z]))"
    r"|(?P<plus>\+)|(?P<minus>-|−)"
    r"|(?P<eq>(?<![<>!=~:≈])=(?![=>]))"
    r"|(?P<pct>\\?%)"
    r"|(?P<lp>\()|(?P<rp>\))|(?P<lb>\{)|(?P<rb>\})"
    r"|(?P<word>\\[A-Za-z]+|\\.|[A-Za-z]+|.)",
    re.DOTALL,
)
_OPERATORS = {"times": "*", "over": "/", "plus": "+", "minus": "-", "power": "^"}
_CLOCK = re.compile(r"\d:\d")


@dataclass(frozen=True, slots=True)
class TextToken:
    """`kind` is num, op, eq, note, frac, pct, lp, rp, lb, rb, word or break; `text` is normalised."""

    kind: str
    text: str
    start: int
    end: int


def tokens_in(text: str, start: int = 0, end: int | None = None) -> list[TextToken]:
    """The tokens of a range of the text, in order, with offsets in the whole text."""
    found: list[TextToken] = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or "word"
        if kind == "skip":
            continue
        if kind == "times" and match.group() in "xX" and not _is_times(text, match):
            kind = "word"
        if kind == "num" and (len(match.group()) > MAX_NUMBER or _in_clock(text, match)):
            kind = "word"
        operator = _OPERATORS.get(kind)
        plain = operator or (re.sub(r"[,{}\\!]", "", match.group()) if kind == "num" else match.group())
        found.append(TextToken("op" if operator else kind, plain, *match.span()))
    return found


def _is_times(text: str, match: re.Match[str]) -> bool:
    """`3 x 4` and `3x4` multiply; `3x (` and `3 x4` may hold a variable."""
    before, after = text[match.start() - 1], text[match.end()]
    if before.isspace() or after.isspace():
        return before.isspace() and after.isspace()
    return after != "(" and before != ")"


def _in_clock(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    return bool(_CLOCK.match(text, end - 1) or (start > 1 and _CLOCK.match(text, start - 2)))
