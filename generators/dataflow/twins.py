"""An expression that is written twice: in the words of a text and in its calculator note."""

from collections.abc import Sequence

from filters.verify.arithmetic import Token
from generators.dataflow.graph import ENDS
from generators.dataflow.numerals import value_of_token

PLAIN = {
    "×": "*", "·": "*", "x": "*", "X": "*", "\\times": "*", "\\cdot": "*",
    "÷": "/", "\\div": "/", "−": "-", "–": "-",
}  # fmt: skip


def plain_sign(token: Token) -> str:
    """`*` for `×`, and so on."""
    return PLAIN.get(token.text, token.text)


def signed(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with a minus that belongs to its number joined to it: `-2 + 19`, `= -60`, `\\boxed{-3}`."""
    found: list[Token] = []
    for token in tokens:
        minus = found[-1] if found else None
        if token.kind == "number" and minus is not None and minus.text == "-" and minus.end == token.start:
            before = next((t for t in reversed(found[:-1]) if t.kind != "skip"), None)
            if before is None or not (
                before.kind in ENDS or (before.kind == "word" and before.end == minus.start)
            ):
                found[-1] = Token("number", f"-{token.text}", minus.start, token.end)
                continue
        found.append(token)
    return found


def shape(tokens: list[Token]) -> list[object]:
    """Values and operators in order."""
    return [
        value_of_token(t) if t.kind == "number" else plain_sign(t)
        for t in tokens
        if t.kind not in {"skip", "word", "note"}
    ]


def twin_of(before: list[Token], left: list[Token]) -> tuple[list[Token] | None, bool]:
    """The expression as the text writes it between words (`16 emails - 7 emails =`), and whether it was found."""
    rest = [t for t in before if t.kind != "skip"]
    while rest and rest[-1].kind in {"equals", "other"} and rest[-1].text in {"=", "≈"}:
        rest.pop()
    arithmetic = [
        t
        for at, t in enumerate(rest)
        if t.kind in {"number", "operator", "open", "close"} and not joins_words(rest, at)
    ]
    wanted = [t for t in left if t.kind != "skip"]
    tail = arithmetic[-len(wanted) :]
    if len(tail) == len(wanted) and shape(tail) == shape(wanted):
        between = [t for t in rest if tail[0].start <= t.start <= tail[-1].start]
        if not any(t.text in ".;" or t.kind in {"newline", "equals", "note"} for t in between):
            return tail, True
    return None, False


def joins_words(tokens: list[Token], at: int) -> bool:
    """`miles/hour`, `8-ounce`: a sign that stands at a word on one side at least, without a space."""
    token = tokens[at]
    if token.kind != "operator" or not 0 < at < len(tokens) - 1 or token.text not in {"/", "-"}:
        return False
    before, after = tokens[at - 1], tokens[at + 1]
    tight = before.end == token.start and token.end == after.start
    return tight and "word" in (before.kind, after.kind)


def unread(before: list[Token]) -> bool:
    """Whether the text writes an expression before the note that is not the note's own."""
    rest = [t for t in before if t.kind != "skip"]
    at = len(rest)
    while at and rest[at - 1].text not in {".", ";", ","} and rest[at - 1].kind not in {"newline", "note"}:
        at -= 1
    clause = rest[at:]
    return any(
        t.kind == "operator" and i and i + 1 < len(clause) and not joins_words(clause, i)
        for i, t in enumerate(clause)
    )


def reordered(left: list[Token], twin: list[Token]) -> list[Token] | None:
    """The text's tokens in the note's order where both add (or multiply) the same numbers; None otherwise."""
    mine = [t for t in left if t.kind != "skip"]
    other = [t for t in twin if t.kind not in {"skip", "word", "note"}]
    if len(mine) != len(other) or {plain_sign(t) for t in (*mine, *other) if t.kind != "number"} not in (
        {"+"},
        {"*"},
    ):
        return None
    numbers = [t for t in other if t.kind == "number"]
    found: list[Token] = []
    for at, token in enumerate(mine):
        if token.kind != "number":
            found.append(other[at])
            continue
        same = next((t for t in numbers if value_of_token(t) == value_of_token(token)), None)
        if same is None or other[at].kind != "number":
            return None
        numbers.remove(same)
        found.append(same)
    return found
