"""Whether a text names an answer, in whatever spelling.

    >>> [names_answer(t, "42") for t in ("It is forty-two.", "so x = 42.0", "\\\\boxed{42}", "84 / 2", "Step 42")]
    [True, True, True, True, False]

A text that was written with the answer in view must not hold it, and writers who are told not to state
it paraphrase. So numbers count by value: digits with separators or decimals, fractions, percentages, words,
computations that a text leaves for the reader. Other answers count by their signs, white space, LaTeX
spacing and case apart. The number of a step ("Step 2:") names no answer.

Not covered: equal expressions in other letters or order ("1 + x" for "x + 1"), answers described in words.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from filters.verify.arithmetic import Token, number_value, tokens_of, value_of
from filters.verify.number_words import spoken

_LABEL = re.compile(r"\bsteps?[ ]\d{1,2}\b(?!\s*[-+*/=])", re.IGNORECASE)
_SIGN = re.compile(r"\b(?:minus|negative)\s+$|[-−–]\s*\$?$", re.IGNORECASE)
_SPACING = re.compile(r"\\[,;:! ]|\\left|\\right|\\displaystyle|\$|~|\s")
_WRAPPED = re.compile(r"\\(?:text|textbf|mathrm|mathbf|boxed)\s*\{([^{}]*)\}")
_UNITS = re.compile(r"(?<=\d)\s+[A-Za-z ]+$")


def names_answer(text: str, answer: str) -> bool:
    """Whether the answer stands in the text, as signs of its own or by its value."""
    answer = answer.strip()
    if not answer:
        return False
    text = _LABEL.sub("step", text)
    parts = [part.strip() for part in answer.strip("()[]{}").split(", ")]
    if len(parts) > 1 and all(_value(part) is not None for part in parts):
        return all(names_answer(text, part) for part in parts)
    value = _value(answer)
    if value is None:
        return _literal(text, answer)
    return _literal(text, answer) or value in named_values(text) or (value < 0 and _negative(text, value))


@lru_cache(maxsize=4096)
def named_values(text: str) -> frozenset[Fraction]:
    """Values of all numbers in a text, however they are spelt, and of the quotients that it leaves undone."""
    tokens = [token for token in tokens_of(text) if token.kind != "skip"]
    return frozenset([*_numbers(tokens), *_quotients(tokens), *spoken(text)])


def _numbers(tokens: Sequence[Token]) -> Iterator[Fraction]:
    for place, token in enumerate(tokens):
        value = _number(token)
        if value is not None:
            yield value
            if tokens[place + 1 : place + 2] and tokens[place + 1].kind == "percent":
                yield value / 100


def _quotients(tokens: Sequence[Token]) -> Iterator[Fraction]:
    """Values of "12 / 4": what is left to compute there is nothing."""
    for one, sign, other in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if sign.kind == "operator" and sign.text in {"/", "÷", "\\div"}:
            over, under = _number(one), _number(other)
            if over is not None and under:
                yield over / under


def _number(token: Token) -> Fraction | None:
    if token.kind not in {"number", "fraction"}:
        return None
    try:
        return number_value(token)
    except ValueError:
        return None


def _negative(text: str, value: Fraction) -> bool:
    """Whether a negative number is named: with a sign, or in words before digits or words."""
    for token in tokens_of(text):
        if _number(token) == -value and _SIGN.search(text[max(0, token.start - 12) : token.start]):
            return True
    return any(-value in spoken(m[1]) for m in re.finditer(r"\b(?:minus|negative)\s+([\w\s-]+)", text, re.I))


def _value(answer: str) -> Fraction | None:
    """The value of a numeric answer: "x = 3", "$1,200", "42 apples", "50%"."""
    last = _unwrapped(answer).rpartition("=")[2].strip().strip("$").rstrip(".")
    return value_of(tokens_of(_UNITS.sub("", last)))


def _unwrapped(text: str) -> str:
    return _WRAPPED.sub(r"\1", text)


def _literal(text: str, answer: str) -> bool:
    """Whether the answer's signs stand in the text: one letter as it is, longer answers in any case."""
    wanted = _SPACING.sub("", _squeezed(answer))
    if not wanted:
        return False
    spaced = r"\s*".join(map(re.escape, wanted))
    flags = re.IGNORECASE if len(wanted) > 1 else 0
    found = re.finditer(
        rf"(?<![\w.]){spaced}(?!\w|\.\d)", re.sub(r"\\[,;:!]|\$|~", "", _squeezed(text)), flags
    )
    # "A mistake" is an article, and "I" a person.
    return any(wanted not in {"A", "a", "I"} or not re.match(r"\s+[a-z]", m.string[m.end() :]) for m in found)


def _squeezed(text: str) -> str:
    text = re.sub(r"\\left|\\right", "", re.sub(r"\\[dt]frac", r"\\frac", text)).replace("−", "-")
    return _unwrapped(text)
