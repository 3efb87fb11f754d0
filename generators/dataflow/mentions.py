"""Numbers outside equations, and what of a step is not understood at all."""

import re
from fractions import Fraction

from filters.verify.arithmetic import Token
from generators.dataflow.graph import Mention, Node, Place
from generators.dataflow.numerals import NUMBER_WORDS, value_of_token

_POWERS = {"hundred": 100, "thousand": 1000, "million": 10**6}
MARKER = re.compile(r"\s*(?:Step )?\d+[.:)]")


def mentions_of(
    text: str, tokens: list[Token], step: int, taken: set[Place], nodes: list[Node], final: Place
) -> list[Mention]:
    """The numbers of a step that stand in no equation, but for the step's own number."""
    found = []
    marker = MARKER.match(text, tokens[0].start) if tokens else None
    rest = [t for t in tokens if t.kind != "skip"]
    for at, token in enumerate(rest):
        place = (token.start, token.end)
        if place in taken or (marker and token.end <= marker.end()):
            continue
        if token.kind == "number" and any(n.start <= token.start < n.end and n.simple for n in nodes):
            continue
        if token.kind == "word" and token.text.lower() in NUMBER_WORDS and token.text.lower() != "one":
            found.append(Mention(_spoken(rest, at), place, step, False))
        elif token.kind == "number":
            value = value_of_token(token)
            plain = value is not None and _alone(text, token)
            is_final = final[0] <= token.start and token.end <= final[1]
            found.append(Mention(value or Fraction(-1), place, step, plain, is_final))
        elif token.kind in {"fraction"} or (
            token.kind == "note" and not any(n.start <= token.start < n.end for n in nodes)
        ):
            found.append(Mention(Fraction(-1), place, step, False))
    return found


def _spoken(tokens: list[Token], at: int) -> Fraction:
    """The value of a number in words that begins here: `twelve`, `twenty-four`, `two hundred`."""
    value = NUMBER_WORDS[tokens[at].text.lower()]
    words = [t.text.lower() for t in tokens[at + 1 : at + 3]]
    if words and words[0] in _POWERS:
        return Fraction(value * _POWERS[words[0]])
    ones = words[1] if len(words) > 1 and words[0] == "-" else (words[0] if words else "")
    return Fraction(
        value + NUMBER_WORDS[ones] if value >= 20 and 0 < NUMBER_WORDS.get(ones, 0) < 10 else value
    )


def _alone(text: str, token: Token) -> bool:
    """Whether a number is a plain one: no part of a time, an ordinal, a fraction, a percent, a code."""
    before = text[max(0, token.start - 2) : token.start]
    after = text[token.end : token.end + 8]
    if re.match(r"(?:st|nd|rd|th|[A-Za-z]|\s?%|\\%|:\d|/|\s?percent|\s?[ap]\.?m)", after) and not re.match(
        r"[ap]art", after
    ):
        return False
    return not re.search(r"[A-Za-z:/^_.<>]$|(?<!#)#$|-$", before) or before == "$."


def _labels(text: str, equals: Token, nodes: list[Node]) -> bool:
    """Whether an equals sign stands before an equation or its note: `Her age = 14/2 = 7`."""
    following = text[equals.end : equals.end + 4]
    start = equals.end + len(following) - len(following.lstrip(" $"))
    named = re.search(r"[a-z]{2}\s*$", text[max(0, equals.start - 4) : equals.start]) is not None
    return text.startswith("<<", start) or (
        named and any(start in (n.start, n.operands[0].places[0][0]) for n in nodes if n.operands)
    )


def is_opaque(text: str, tokens: list[Token], nodes: list[Node]) -> bool:
    """An equals sign or a comparison outside the equations read, or a variable."""
    for token in tokens:
        if any(n.start <= token.start < n.end for n in nodes):
            continue
        if token.kind == "note":
            return True
        if token.kind == "equals" and not _labels(text, token, nodes):
            return True
        if (
            token.kind == "word"
            and len(token.text) == 1
            and token.text in "bcdefghjklmnopqrstuvwxyzBCDEFGHJKLMNOPQRSTUVWXYZ"
        ):
            after, before = text[token.end : token.end + 2], text[max(0, token.start - 1) : token.start]
            if before.isdigit() or after.strip()[:1] in {"+", "*", "/", "="} or before in {"*", "+"}:
                return True
        if token.text in {"<", ">", "≈", "^"} or (
            token.kind == "command" and token.text not in {"\\boxed", "\\text"}
        ):
            return True
    return False
