r"""The tokens of LaTeX with their places, and the terms of a sum.

>>> [t.text for t in tokens(r"3\left(x+2\right)", 0, 17)]
['3', '\\left(', 'x', '+', '2', '\\right)']
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<space>(?:\s|&|\\[!,;: ]|~|%[^\n]*\n)+)"
    r"|(?P<text>\\(?:text|mbox|textrm|mathrm|textbf|textit)\s*\{[^{}]*\})"
    r"|(?P<environment>\\(?:begin|end)\s*\{[A-Za-z]+\*?\})"
    r"|(?P<bracket>\\(?:left|right|[bB]igg?[lr]?)\s*(?:\\[{}|]|\\[A-Za-z]+|[()\[\]|./<>]))"
    r"|(?P<number>(?:\d{1,3}(?:(?:,\\!|\{,\}|,)\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)"
    r"|(?P<command>\\(?:[A-Za-z]+|.))"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_OPENS, _CLOSES = frozenset(["{", "(", "[", "\\{"]), frozenset(["}", ")", "]", "\\}"])


class Token(NamedTuple):
    """`text` at `start`; `depth` counts the brackets around it, an opening or closing bracket's own not."""

    kind: str
    text: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum: its sign (empty for a first term without one) and what stands after it."""

    sign: str
    start: int
    """Where the sign or, without one, the term begins."""
    body: int
    """Where the term begins after its sign."""
    end: int


def tokens(text: str, start: int, end: int) -> list[Token]:
    """All tokens between two places, white space and alignment marks left out."""
    found: list[Token] = []
    depth = 0
    for match in _TOKEN.finditer(text, start, end):
        kind, word = match.lastgroup or "", match.group()
        if kind == "space":
            continue
        closes = word in _CLOSES or (word.startswith(("\\right", "\\end")) and kind != "command")
        opens = word in _OPENS or (word.startswith(("\\left", "\\begin")) and kind != "command")
        depth = max(0, depth - closes)
        found.append(Token(kind, word, match.start(), match.end(), depth))
        depth += opens
    return found


def terms(inside: Sequence[Token], depth: int = 0) -> list[Term]:
    """The terms of a sum, in order; one where it is no sum."""
    found: list[Term] = []
    sign, start, body = "", -1, -1
    before: Token | None = None
    for token in inside:
        parts = token.depth == depth and token.text in ("+", "-") and _ends_term(before)
        if parts or (token.depth == depth and token.text in ("+", "-") and before is None):
            if body >= 0 and before is not None:
                found.append(Term(sign, start, body, before.end))
            sign, start, body = token.text, token.start, -1
        elif body < 0:
            body = token.start
            start = token.start if start < 0 else start
        before = token
    if body >= 0 and before is not None:
        found.append(Term(sign, start, body, before.end))
    return found


def _ends_term(token: Token | None) -> bool:
    """Whether a plus or minus after this token joins two terms: not after `\\cdot` or `^`."""
    if token is None:
        return False
    if token.kind == "command":
        return token.text in ("\\}", "\\%") or token.text in _NAMES
    return token.kind in ("number", "letter", "text", "bracket") or token.text in (
        "}",
        ")",
        "]",
        "!",
        "|",
        "'",
    )


_NAMES = frozenset(
    ["\\pi", "\\alpha", "\\beta", "\\gamma", "\\delta", "\\epsilon", "\\theta", "\\lambda", "\\mu", "\\rho", "\\sigma",
     "\\tau", "\\phi", "\\omega", "\\infty", "\\circ"]
)  # fmt: skip
