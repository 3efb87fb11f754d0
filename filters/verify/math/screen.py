r"""What is never shown to math-verify, because it would take its whole deadline or answer wrongly.

Wrong answers of math-verify 0.9 that are met here: `\ldots` is ignored (`1,2,\ldots,n` equals
`1,3,\ldots,2n-1`); numbers nearer than 10⁻¹⁵ are equal (2^{-99} and 2^{-98}, 1/2004! and 1/2006!);
words are read as products of letters; `5 \text{ cm}` is 5.
"""

import re
from math import comb

from filters.verify.math.notation import plain

MAX_CHARS = 600
"""Longest answer shown; parsing is worse than linear (2000 braces take 5 s)."""

MAX_NESTING = 24
"""Deepest brackets of any kind; 400 nested parentheses take 4 s."""

MAX_DIGITS = 40
"""Longest digit run; a 20000-digit decimal takes 3 s."""

MAX_COMMANDS = 80
"""Most LaTeX commands; the longest reference of MATH-500 has 13."""

_ELLIPSIS = re.compile(r"\\[lcdv]?dots[bcmio]?(?![A-Za-z])|\.\.\.|…")
# of numbers: `9^{9^9}`, `(x+1)^{9^9}`; `e^x - e^{-x}` and `e^{x^2}` are none
_TOWER = re.compile(
    r"[\d)}!]\s*(?:\^|\*\*)\s*(?:[{(][^{}^]*|[{(][^{}^]*\{[^{}^]*|\d+\s*|[A-Za-z]\s*)(?:\^|\*\*)"
    r"|(?:\^\s*\{?[^{}^]{0,20}){3}\^"
)
_BIG_POWER = re.compile(
    r"(?:\d|\))\s*(?:\^|\*\*)\s*[{(]?\s*-?\s*(?!(?:1\d|20)(?!\d))\d{2,}|(?:\^|\*\*)\s*[{(]?\s*-?\s*\d{3,}"
)
# bounds of one or two digits, or a name and a digit: at most a hundred terms, or none that are added up
_SMALL_SUM = re.compile(
    r"\\sum(?:\\limits)?\s*_\s*\{\s*[a-z]\s*=\s*-?(?:\d{1,2}|[a-z])\s*\}\s*\^\s*"
    r"(?:\d|[a-z]|\{\s*(?:\d{1,2}|[a-z]|[a-z]\s*[+-]\s*\d{1,2})\s*\})"
)
# at most 20! and \\binom{99}{99}
_SMALL_FACTORIAL = re.compile(
    r"(?<![\d.!)}])(?:\d|1\d|20)\s*!(?!\s*!)|\\[dt]?binom\s*\{\s*\d{1,2}\s*\}\s*\{\s*\d{1,2}\s*\}"
)
_FACTORIAL = re.compile(r"[\d)}A-Za-z]\s*!|\\d?binom|\\choose|\\prod|\\sum|\\int|\\Gamma|\d\s*[eE]\s*[+-]?\d")
_SUM_POWER = re.compile(r"\((?P<sum>[^()]*)\)\s*(?:\^|\*\*)\s*\{?\s*(?P<exponent>\d{1,3})")
MAX_EXPANDED = 200
"""Terms of a power of a sum, multiplied out; (a+b+c+d+e+f)^9 has 2002 and takes the whole deadline."""

_DIGITS = re.compile(rf"\d{{{MAX_DIGITS + 1},}}")
_SET = re.compile(r"\\in(?![A-Za-z])|\\cup|\\setminus|\\infty|[\[\]]|^\s*\(.*,.*\)\s*$")
_WORD = re.compile(
    r"(?<![\\A-Za-z])(?!(?:sin|cos|tan|cot|sec|csc|log|exp|arc\w+|pmatrix|bmatrix)\b)[A-Za-z]{3,}"
)
# a ratio in words, and marks over the letters of a name: math-verify takes the letters for factors
_NAMED = re.compile(
    r"\d\s+to\s+\d|\\(?:overline|overrightarrow|overleftrightarrow|widehat|vec|angle|triangle)(?![A-Za-z])"
)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[a-z]+\}(?:\{[clr|]+\})?")


def too_hard(text: str) -> str | None:
    """The reason slug for which a text is not shown to math-verify, or None."""
    if len(text) > MAX_CHARS or text.count("\\") > MAX_COMMANDS or _DIGITS.search(text):
        return "too_long"
    if _nesting(text) > MAX_NESTING:
        return "too_deep"
    shown = plain(text)
    small = _SMALL_FACTORIAL.sub("1", _SMALL_SUM.sub(" ", shown))
    tests = (
        ("ellipsis", _ELLIPSIS.search(shown)),
        (
            "too_large",
            _TOWER.search(shown)
            or _BIG_POWER.search(shown)
            or _FACTORIAL.search(small)
            or any(map(_expands, _SUM_POWER.finditer(shown))),
        ),
        ("words", _WORD.search(_ENVIRONMENT.sub(" ", shown)) or _NAMED.search(shown)),
    )
    return next((reason for reason, found in tests if found), None)


def _expands(power: re.Match[str]) -> bool:
    """Whether a power of a sum has too many terms."""
    terms, exponent = len(re.findall(r"\S\s*[+-]", power["sum"])) + 1, int(power["exponent"])
    return comb(terms + exponent - 1, terms - 1) > MAX_EXPANDED


def shape_differs(reference: str, answer: str) -> str | None:
    """A slug where math-verify compares two shapes in its own way, else None."""
    one, other = plain(reference), plain(answer)
    if ("\\{" in one) != ("\\{" in other) and ("(" in one[:1] + other[:1]):
        return "brackets"
    if ("\\ln" in one + other) and ("\\log" in one + other):
        return "logarithm"
    kinds = (_relation(one), _relation(other))
    # `-2 \\le x \\le 7` may be the set [-2, 7]
    as_sets = sorted(kinds) == ["", "inequality"] and _SET.search(one if kinds[0] == "" else other)
    if kinds[0] != kinds[1] and not as_sets:
        return "relation"
    return None


def _relation(text: str) -> str:
    """Whether a text is an equation, an inequality or neither."""
    if re.search(r"[<>]|\\(?:le|ge|lt|gt|leq|geq|neq|ne|leqslant|geqslant)(?![A-Za-z])", text):
        return "inequality"
    return "equation" if "=" in re.sub(r"_\s*\{[^{}]*\}", "", text) else ""


def _nesting(text: str) -> int:
    depth = deepest = 0
    for mark in text:
        depth += (mark in "([{") - (mark in ")]}")
        deepest = max(deepest, depth)
    return deepest
