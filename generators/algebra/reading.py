r"""The chains of equations and inequalities in a solution's LaTeX, with the places of their sides.

    $r = \sqrt{0^2 + 3^2} = 3.$  ->  r | \sqrt{0^2 + 3^2} | 3   joined by = and =

Only what stands between dollars, `\[ \]`, `\( \)` and in alignments is read; diagrams are passed over. A
side is read into an exact value where the judge's own reader of expressions can.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from filters.verify.math.expression import read_expression
from filters.verify.math.notation import plain
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Opaque, Surd
from generators.algebra.tokens import Token, tokens

MAX_CHARS = 20_000
"""Longest solution that is read."""

_REGION = re.compile(
    r"(?P<asy>\[asy\].*?\[/asy\])|\\\[(?P<a>.*?)\\\]|\\\((?P<b>.*?)\\\)|\$\$(?P<c>.*?)\$\$|(?<!\\)\$(?P<d>[^$]*?)(?<!\\)\$"
    r"|\\begin\{(?P<name>align|eqnarray|gather|equation|multline|alignat)(?P<star>\*?)\}(?P<e>.*?)\\end\{(?P=name)(?P=star)\}",
    re.DOTALL,
)
RELATIONS = frozenset(
    ["=", "<", ">", "\\le", "\\leq", "\\leqslant", "\\ge", "\\geq", "\\geqslant", "\\lt", "\\gt"]
)
_OTHER_RELATIONS = frozenset(
    [
        "\\equiv",
        "\\approx",
        "\\ne",
        "\\neq",
        "\\cong",
        "\\sim",
        "\\to",
        "\\in",
        "\\mid",
        ":",
        "\\mapsto",
        "\\subset",
    ]
)
_BREAKS = frozenset(
    [
        ",", ";", "\\Rightarrow", "\\implies", "\\iff", "\\Leftrightarrow", "\\Longrightarrow", "\\rightarrow",
        "\\Longleftrightarrow", "\\quad", "\\qquad", "\\therefore", "\\because", "\\hspace", "\\stackrel", "\\overset",
    ]
)  # fmt: skip
_JOINING_WORD = re.compile(r"\\[a-z]+\s*\{\s*(?:and|or|so|if|where|when|for|then|since|which|thus|hence)\b")
_APPLIED = re.compile(r"(?<![A-Za-z\\])[fghpqrFGHPQRS](?:_\{?\w+\}?)?(?:\^\{?-1\}?)?'*\s*(?:\\left\s*)?\(")
_LAST = re.compile(r"[\s.,;:&]*\Z")
CONSTANTS = frozenset(["π"])
"""`e` is as often a name."""


@dataclass(frozen=True, slots=True)
class Side:
    """`text[start:end]`, one side of a chain; `value` is None where it could not be read."""

    start: int
    end: int
    text: str
    value: Surd | None

    @property
    def is_number(self) -> bool:
        """Whether the value is known and has no variable."""
        return self.value is not None and is_number(self.value)


@dataclass(frozen=True, slots=True)
class Chain:
    """`sides[0] relations[0] sides[1] …`; `region` is the range of the LaTeX around it, delimiters included."""

    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    region: tuple[int, int]


def is_number(value: Surd) -> bool:
    """Whether a value has no variables and no function that was not computed."""
    names = value.names()
    return not any(isinstance(name, Opaque) for name in names) and {str(n) for n in names} <= CONSTANTS


@lru_cache(maxsize=256)
def read(text: str) -> tuple[Chain, ...]:
    """Every chain with two sides or more, and every single side, in the order of the text."""
    if len(text) > MAX_CHARS:
        return ()
    return tuple(chain for start, end, outer in regions(text) for chain in _chains(text, start, end, outer))


def regions(text: str) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Ranges of LaTeX: the inside, and the whole with its delimiters."""
    for match in _REGION.finditer(text):
        group = next((name for name in "abcde" if match[name] is not None), "")
        if group:
            yield match.start(group), match.end(group), match.span()


def value_of(text: str) -> Surd | None:
    """The exact value of an expression in LaTeX, or None."""
    if _APPLIED.search(text):
        return None
    try:
        return read_expression(plain(text))
    except (Undecidable, RecursionError):
        return None


def _chains(text: str, start: int, end: int, outer: tuple[int, int]) -> Iterator[Chain]:
    sides: list[Side] = []
    relations: list[str] = []
    open_at = start
    found = _flattened(tokens(text, start, end))
    for at, token in enumerate(found):
        if token.depth or not (kind := _separates(token)):
            continue
        goes_on = kind == "row" and at + 1 < len(found) and found[at + 1].text in RELATIONS | _OTHER_RELATIONS
        side = _side(text, open_at, token.start)
        if side is not None:
            sides.append(side)
        open_at = token.end
        if goes_on or (kind == "relation" and side is None and sides and len(relations) < len(sides) - 1):
            if kind == "relation":
                relations.append(token.text)
            continue
        if kind == "relation" and len(sides) == len(relations) + 1:
            relations.append(token.text)
            continue
        yield from _closed(sides, relations, outer)
        sides, relations = [], []
    side = _side(text, open_at, end)
    yield from _closed([*sides, *([side] if side else [])], relations, outer)


def _closed(sides: list[Side], relations: list[str], outer: tuple[int, int]) -> Iterator[Chain]:
    if sides and len(relations) >= len(sides) - 1:
        yield Chain(tuple(sides), tuple(relations[: len(sides) - 1]), outer)


def _flattened(found: list[Token]) -> list[Token]:
    """Tokens with the environments of alignment left out of the depth."""
    flat: list[Token] = []
    depth, shift = 0, 0
    for token in found:
        aligned = token.kind == "environment" and re.search(
            r"\{(?:aligned|align|gathered|split)\*?\}", token.text
        )
        if aligned:
            shift += 1 if token.text.startswith("\\begin") else -1
            flat.append(token._replace(depth=0, kind="break"))
            continue
        flat.append(token._replace(depth=max(0, token.depth - shift)))
    _ = depth
    return flat


def _separates(token: Token) -> str:
    if token.text in RELATIONS or token.text in _OTHER_RELATIONS:
        return "relation"
    if token.text == "\\\\":
        return "row"
    if (
        token.text in _BREAKS
        or token.kind == "break"
        or (token.kind == "text" and _JOINING_WORD.match(token.text))
    ):
        return "break"
    return ""


def _side(text: str, start: int, end: int) -> Side | None:
    while start < end and (text[start].isspace() or text[start] in "&,"):
        start += 1
    tail = _LAST.search(text, start, end)
    end = tail.start() if tail else end
    inner = text[start:end]
    return Side(start, end, inner, value_of(inner.replace("&", ""))) if inner else None
