r"""A formula that stands in a sentence without dollars, told from the words round it.

"so we get x = 3^{-1}" -> "3^{-1}"    "it is (3, 4)." -> "(3, 4)"    "He has 79 g of wax" -> "79"
"""

import re

# letters alone, functions, commands, numbers and signs
_RUN = re.compile(
    r"(?:\\[A-Za-z]+|(?:sqrt|sin|cos|tan|log|ln|exp|pi)(?![A-Za-z])|(?<![A-Za-z])[A-Za-z](?![A-Za-z])"
    r"|[-\d.,+*/^_{}()\[\]=<>|!% ])+"
)
_STRUCTURE = re.compile(r"[\^_\\{}/*+()]|[A-Za-z]\s*-|-\s*[A-Za-z]")
_IN_BRACKETS = re.compile(r"\((?P<inside>[^(),]*)\)")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def with_formula(text: str, number: re.Match[str]) -> str:
    """The number, or the formula that it is a part of; what stands after the last equals sign of it."""
    for run in _RUN.finditer(text):
        if run.start() <= number.start() and number.end() <= run.end():
            value = _closed(run[0].rpartition("=")[2].strip(" .,;:"))
            bracketed = _IN_BRACKETS.fullmatch(value)
            value = bracketed["inside"].strip() if bracketed else value
            if number[0] in value and _STRUCTURE.search(value):
                return value
    return number[0]


def _closed(text: str) -> str:
    """Without closing brackets at the end that nothing opens: `105).` of `(35 + 70 = 105).`"""
    while text and text[-1] in _PAIRS and text.count(text[-1]) > text.count(_PAIRS[text[-1]]):
        text = text[:-1].rstrip(" .,;:")
    return text
