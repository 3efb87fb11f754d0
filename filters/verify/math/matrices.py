r"""Matrices and vectors in LaTeX: every environment, `array`, entries compared one by one.

\begin{pmatrix} 1/5 \\ -18/5 \end{pmatrix}    \left[\begin{array}{cc}1 & 2 \\ 3 & 4\end{array}\right]
"""

import re
from collections.abc import Callable

from filters.verify.math.expression import read_expression
from filters.verify.math.quantity import Quantity
from filters.verify.math.roots import Undecidable
from filters.verify.math.shapes import Answer, Matrix

MAX_ENTRIES = 64

_MATRIX = re.compile(
    r"(?P<factor>[^&]{0,40}?)\s*(?P<open>\\?[(\[{|]?)\s*\\begin\s*\{\s*(?P<name>[A-Za-z]*matrix|array)\*?\s*\}"
    r"(?P<body>(?:(?!\\begin).)*)\\end\s*\{\s*(?P=name)\*?\s*\}\s*(?P<close>\\?[)\]}|]?)",
    re.DOTALL,
)
_COLUMNS = re.compile(r"^\s*(?:\[[a-z]\]\s*)?\{[lcr| ]*\}")
_ROW_END = re.compile(r"\\\\(?:\s*\[[\d.]+\s*[a-z]+\])?|\\cr(?![A-Za-z])")
_RULE = re.compile(r"\\hline(?![A-Za-z])")


def is_matrix(text: str) -> bool:
    """Whether the text holds the beginning of an environment."""
    return "\\begin" in text


def read_matrix(text: str, read: Callable[[str], Answer]) -> Matrix:
    """The matrix, its entries multiplied by a factor before it; `read` reads an entry."""
    found = _MATRIX.fullmatch(text.strip())
    if found is None:
        raise Undecidable("environment")
    body = _RULE.sub("", found["body"])
    if found["name"] == "array":
        body = _COLUMNS.sub("", body)
    rows = [row.split("&") for row in _ROW_END.split(body) if row.strip()]
    if not rows or len({len(row) for row in rows}) != 1 or len(rows) * len(rows[0]) > MAX_ENTRIES:
        raise Undecidable("rows")
    entries = tuple(tuple(read(entry) for entry in row) for row in rows)
    if found["factor"].strip():
        entries = _scaled(entries, found["factor"].strip())
    bars = found["name"] in ("vmatrix", "Vmatrix") or found["open"] in ("|", "\\|")
    return Matrix(entries, determinant=bars)


def _scaled(entries: tuple[tuple[Answer, ...], ...], text: str) -> tuple[tuple[Answer, ...], ...]:
    factor = read_expression(text.removesuffix("\\cdot").removesuffix("*"))
    rows = []
    for row in entries:
        if not all(isinstance(entry, Quantity) for entry in row):
            raise Undecidable("entry")
        rows.append(tuple(Quantity(entry.value * factor) for entry in row if isinstance(entry, Quantity)))
    return tuple(rows)
