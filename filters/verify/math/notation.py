r"""One spelling for what is written in many: LaTeX spacing, wrappers, Unicode signs.

    `$\displaystyle \dfrac{1}{2}$.` -> `\frac{1}{2}`    `\text{ and }` -> ` and `    `3,\!250` -> `3250`

Meaning is not touched: signs that may carry meaning (%, units, brackets, commas) stay.
"""

import re

_SIGNS = str.maketrans(
    {
        "－": "-", "＋": "+", "＝": "=", "（": "(", "）": ")", "：": ":",
        "−": "-", "–": "-", "×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "/", "∕": "/", "⁄": "/",
        "π": "\\pi ", "√": "\\sqrt ", "∞": "\\infty ", "°": "^\\circ ", "≤": "\\le ", "≥": "\\ge ",
        "∪": "\\cup ", "∈": "\\in ", "±": "\\pm ", "≈": "\\approx ", "％": "%", "，": ",", "。": ".",
        "²": "^2", "³": "^3", "½": "\\frac{1}{2}", "¼": "\\frac{1}{4}", "¾": "\\frac{3}{4}",
        "⅓": "\\frac{1}{3}", "⅔": "\\frac{2}{3}", "’": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    }
)  # fmt: skip
_TEXT = re.compile(
    r"\\(?:text|textbf|textit|textrm|texttt|mathrm|mathbf|mathit|textnormal|textsf|mbox|hbox|operatorname|boldsymbol|bm)\s*\{"
    r"([^{}]*)\}"
)
_BOX = re.compile(r"\\f?boxe?d?(?=\s*\{)")
_DROPPED = re.compile(
    r"\\(?:left|right|bigl|bigr|Bigl|Bigr|big|Big|biggl|biggr|displaystyle|textstyle|limits)(?![A-Za-z])|\\!"
)
# `\\ ` and `\\[2pt]` end a row of a matrix
_SPACE = re.compile(r"(?<!\\)\\[,;: ]|~|\\q?quad(?![A-Za-z])|\s+")
_DELIMITER = re.compile(r"(?<!\\)\$|(?<!\\)\\[()\[\]]|\*\*|`|\\?[\"“”]")
_THOUSANDS_MARK = re.compile(r"(?<=\d)(?:,\\!|\s?\{\s*,\s*\}|\\,)\s*(?=\d{3}(?!\d))")
# a text that was escaped once too often, as in `\\\\frac{4}{3}`; in a matrix two backslashes end a row
_ESCAPED = re.compile(r"\\(?=\\[A-Za-z])")
# `2**3`; the marks of bold text have white space or nothing on one side
_STARS = re.compile(r"(?<=[\w)}])\*\*(?=[\w({-])", re.ASCII)
_OVER = re.compile(r"\{([^{}]*)\\over(?![A-Za-z])([^{}]*)\}")
_FRACTION = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_LEADING, _TRAILING = " \t\n,;:", " \t\n.,;:"  # a leading point belongs to `.35625`


def plain(text: str) -> str:
    """The text in the one spelling the readers of answers expect."""
    text = text.translate(_SIGNS)
    if "\\\\" in text and "\\begin" not in text:
        text = _ESCAPED.sub("", text)
    text = _THOUSANDS_MARK.sub("", text)
    text = _DROPPED.sub("", text)
    text = _unboxed(text)
    for _ in range(3):  # \text{\textbf{a}}
        text, changed = _TEXT.subn(r" \1 ", text)
        if not changed:
            break
    if "\\over" in text:
        text = _OVER.sub(r"\\frac{\1}{\2}", text)
    text = _SPACE.sub(" ", _DELIMITER.sub("", _STARS.sub("^", text)))
    return (
        _FRACTION.sub(r"\\frac", text).lstrip(_LEADING).rstrip(_TRAILING).removesuffix("\\").rstrip(_TRAILING)
    )


def _unboxed(text: str) -> str:
    r"""`\boxed{a}, \boxed{b}` and `\boxed{a}\boxed{b}` -> `a, b`: the box and its own braces go."""
    for _ in range(8):
        found = _BOX.search(text)
        if found is None:
            return text
        opening = text.index("{", found.end())
        closing = closing_brace(text, opening)
        if closing is None:
            return text
        joint = "," if _BOX.match(text, closing + 1) else " "
        text = f"{text[: found.start()]} {text[opening + 1 : closing]}{joint}{text[closing + 1 :]}"
    return text


def closing_brace(text: str, opening: int) -> int | None:
    """Index of the brace that closes the one at `opening`; escaped braces do not count."""
    depth, at = 0, opening
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
        at += 1
    return None
