r"""Wrong rules: an expression as someone works it out who applies a rule that does not hold.

Each takes an expression in LaTeX and gives spellings of it whose value is what the wrong rule leads to:

    distribution   3(x + 2)          3(x) + 2              the factor goes to the first term only
    distribution   (x + 3)^2         (x)^2 + (3)^2         the square of a sum as a sum of squares
    exponent_rule  2^{10}            (2 \cdot 10)          a power as a product
    exponent_rule  (x^2)^3           (x)^{5}               exponents added in a power of a power
    exponent_rule  \sqrt{9 + 16}     \sqrt{9} + \sqrt{16}  a root of a sum term by term
    cancellation   \frac{6x+4}{2}    (\frac{6x}{2} + 4)    one term only is divided
    sign           5 - (3 - x)       5 - 3 - x             a minus before brackets reaches the first term only
    sign           20 - 5 - 3        20 - 5 + 3            a minus is lost
"""

import re
from collections.abc import Iterator

from generators.algebra.tokens import Token, terms, tokens

_BOUND = frozenset(["^", "_"])


def sign(text: str) -> Iterator[str]:
    """A minus before brackets taken into the first term only; a minus lost."""
    found = tokens(text, 0, len(text))
    for opening, closing in _brackets(found):
        before = found[opening - 1] if opening else None
        after = found[closing + 1] if closing + 1 < len(found) else None
        if before is None or before.text != "-" or (after is not None and after.text == "^"):
            continue
        inner = text[found[opening].end : found[closing].start]
        if len(terms(_within(found, opening, closing), found[opening].depth + 1)) > 1:
            yield text[: found[opening].start] + inner + text[found[closing].end :]
    signs = sum(t.text in ("+", "-") for t in found)
    for at, token in enumerate(found):
        if token.text == "-" and not _in_exponent(found, at):
            binary = at > 0 and (
                found[at - 1].kind in ("number", "letter") or found[at - 1].text in ("}", ")")
            )
            if not binary or signs > 1:  # 35 - 26 = 61 is no sign that was lost on the way
                yield text[: token.start] + ("+" if binary else " ") + text[token.end :]


def distribution(text: str) -> Iterator[str]:
    """A factor multiplied into the first term only; a power of a sum as the sum of the powers."""
    found = tokens(text, 0, len(text))
    for opening, closing in _brackets(found):
        if found[opening].text == "{":
            continue
        parts = terms(_within(found, opening, closing), found[opening].depth + 1)
        if len(parts) < 2:
            continue
        power = _exponent(text, found, closing)
        if power is not None:
            raised, end = power
            inner = " ".join(f"{p.sign}({text[p.body : p.end]})^{{{raised}}}" for p in parts)
            if raised.isdigit():
                yield f"{text[: found[opening].start]}({inner}){text[end:]}"
                if any(p.sign == "-" for p in parts) and raised == "2":
                    yield f"{text[: found[opening].start]}({inner.replace('-(', '+(')}){text[end:]}"
            continue
        start = _factor_start(found, opening)
        if start is not None:
            factor = text[start : found[opening].start]
            first = f"{factor}({text[parts[0].start : parts[0].end]})"
            yield f"{text[:start]}({first} {text[parts[1].start : parts[-1].end]}){text[found[closing].end :]}"


def exponent_rule(text: str) -> Iterator[str]:
    """Powers as products, exponents added or multiplied where it is the other way round, roots term by term."""
    found = tokens(text, 0, len(text))
    yield from _powers(text, found)
    yield from _products_of_powers(text, found)
    yield from _powers_of_brackets(text, found)
    yield from _roots(text, found)


def cancellation(text: str) -> Iterator[str]:
    """The denominator divides the first term of the numerator only."""
    found = tokens(text, 0, len(text))
    for at, token in enumerate(found[:-4]):
        if token.text not in ("\\frac", "\\dfrac", "\\tfrac") or found[at + 1].text != "{":
            continue
        middle = _closing(found, at + 1)
        end = _closing(found, middle + 1) if middle is not None and middle + 1 < len(found) else None
        if middle is None or end is None or found[middle + 1].text != "{":
            continue
        parts = terms(_within(found, at + 1, middle), found[at + 1].depth + 1)
        below = text[found[middle + 1].end : found[end].start]
        if len(parts) > 1 and len(terms(_within(found, middle + 1, end), found[middle + 1].depth + 1)) == 1:
            first = f"\\frac{{{text[parts[0].start : parts[0].end]}}}{{{below}}}"
            rest = text[parts[1].start : parts[-1].end]
            yield f"{text[: token.start]}({first} {rest}){text[found[end].end :]}"


def _powers(text: str, found: list[Token]) -> Iterator[str]:
    for at, token in enumerate(found):
        power = _exponent(text, found, at)
        if token.kind != "number" or power is None or _in_exponent(found, at):
            continue
        raised, end = power
        if raised.isdigit() and 2 <= int(raised) <= 12:
            yield f"{text[: token.start]}({token.text} \\cdot {raised}){text[end:]}"
        elif re.fullmatch(r"-\d+", raised):
            yield f"{text[: token.start]}(-{token.text}^{{{raised[1:]}}}){text[end:]}"


def _products_of_powers(text: str, found: list[Token]) -> Iterator[str]:
    for at, token in enumerate(found):
        power = _exponent(text, found, at)
        if token.kind not in ("letter", "number") or power is None or not power[0].isdigit():
            continue
        nxt = next((i for i in range(at + 1, len(found)) if found[i].start >= power[1]), None)
        if nxt is not None and found[nxt].text in ("\\cdot", "\\times"):
            nxt += 1
        if nxt is None or nxt >= len(found) or found[nxt].text != token.text:
            continue
        other = _exponent(text, found, nxt)
        if other is not None and other[0].isdigit() and int(power[0]) * int(other[0]) <= 30:
            yield f"{text[: token.end]}^{{{int(power[0]) * int(other[0])}}}{text[other[1] :]}"


def _powers_of_brackets(text: str, found: list[Token]) -> Iterator[str]:
    for opening, closing in _brackets(found):
        power = _exponent(text, found, closing)
        if found[opening].text == "{" or power is None or not power[0].isdigit():
            continue
        inside = _within(found, opening, closing)
        raised, end = int(power[0]), power[1]
        if len(terms(inside, found[opening].depth + 1)) != 1:
            continue
        for at, token in enumerate(inside):
            inner = _exponent(text, inside, at)
            if (
                token.kind in ("letter", "number")
                and inner is not None
                and inner[0].isdigit()
                and len(inside) < 6
            ):
                raised_wrongly = f"^{{{int(inner[0]) + raised}}}{text[inner[1] : found[closing].start]}"
                head = f"{text[: found[opening].start]}({text[found[opening].end : token.end]}"
                yield f"{head}{raised_wrongly}){text[end:]}"
        if (
            inside
            and inside[0].kind == "number"
            and len(inside) > 1
            and inside[1].kind in ("letter", "command")
        ):
            rest = text[inside[0].end : found[closing].start]
            if not rest.lstrip().startswith(("^", "/", "\\cdot", "\\times")):
                yield f"{text[: found[opening].start]}({inside[0].text} ({rest})^{{{raised}}}){text[end:]}"


def _roots(text: str, found: list[Token]) -> Iterator[str]:
    for at, token in enumerate(found[:-1]):
        if token.text != "\\sqrt" or found[at + 1].text != "{":
            continue
        closing = _closing(found, at + 1)
        if closing is None:
            continue
        parts = terms(_within(found, at + 1, closing), found[at + 1].depth + 1)
        if len(parts) > 1:
            apart = " ".join(f"{p.sign}\\sqrt{{{text[p.body : p.end]}}}" for p in parts)
            yield f"{text[: token.start]}({apart}){text[found[closing].end :]}"


def _brackets(found: list[Token]) -> Iterator[tuple[int, int]]:
    for at, token in enumerate(found):
        if token.text == "(" or (token.kind == "bracket" and re.fullmatch(r"\\left\s*\(", token.text)):
            closing = _closing(found, at)
            if closing is not None:
                yield at, closing


def _closing(found: list[Token], opening: int) -> int | None:
    if found[opening].kind not in ("mark", "bracket"):
        return None
    depth = found[opening].depth
    return next((i for i in range(opening + 1, len(found)) if found[i].depth == depth), None)


def _within(found: list[Token], opening: int, closing: int) -> list[Token]:
    return found[opening + 1 : closing]


def _exponent(text: str, found: list[Token], at: int) -> tuple[str, int] | None:
    """The exponent after a token and where it ends."""
    if at + 2 >= len(found) or found[at + 1].text != "^":
        return None
    first = found[at + 2]
    if first.text != "{":
        return (first.text[0], first.start + 1) if first.kind == "number" else None
    closing = _closing(found, at + 2)
    return None if closing is None else (text[first.end : found[closing].start].strip(), found[closing].end)


def _in_exponent(found: list[Token], at: int) -> bool:
    """Whether a token stands in an exponent, an index or the degree of a root."""
    depth = found[at].depth
    for earlier in range(at - 1, -1, -1):
        token = found[earlier]
        if token.depth < depth:
            if earlier and found[earlier - 1].text in _BOUND:
                return True
            depth = token.depth
    return at > 0 and found[at - 1].text in _BOUND


def _factor_start(found: list[Token], opening: int) -> int | None:
    """Where the number or letter right before a bracket begins; None if there is none or it has a power."""
    at = opening - 1
    if at >= 0 and found[at].text in ("\\cdot", "\\times"):
        at -= 1
    if at < 0 or found[at].kind not in ("number", "letter"):
        return None
    return None if at and found[at - 1].text in _BOUND else found[at].start
