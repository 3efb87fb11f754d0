r"""Equations whose sides have a quantity in words as a common factor: what they state of the numbers.

    >>> without_names(r"$\frac{1}{2} \times 3 \times \text{side}^2 = \frac{1}{2} \times \text{side}^2$")
    ['\\frac{1}{2} \\times 3 = \\frac{1}{2}']

Only where both sides are products of numbers and the same words: in a sum the words are no factor of the whole.
"""

import re

_NUMBER = r"(?:\d+(?:\.\d+)?|\\[dt]?frac\{\d+\}\{\d+\})"
_TIMES = r"\s*\\(?:times|cdot)\s*"
_PRODUCT = rf"{_NUMBER}(?:{_TIMES}{_NUMBER})*"
_NAMED = r"\\text\{[^{}\n]*[A-Za-z][^{}\n]*\}(?:\^(?:\d|\{\d\}))?"
_BOTH = re.compile(
    rf"(?:^|[=$\n]|\\[(\[])\s*({_PRODUCT}){_TIMES}({_NAMED})\s*=\s*({_PRODUCT}){_TIMES}\2(?=\s*(?:[=$.,\n]|\\[)\]]|$))"
)


def without_names(text: str) -> list[str]:
    """Such equations without the common factor, in order."""
    return [f"{m[1]} = {m[3]}" for m in _BOTH.finditer(text)] if r"\text{" in text else []
