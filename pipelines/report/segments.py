"""A row's texts as HTML: coloured by kind, masked text struck through, everything labelled."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelines.report.html import text
from pipelines.segments import LOOKS, Piece, Turn, turns


def clipped(content: str, most: int) -> str:
    """A text as HTML; the middle of a very long one is left out, and says so."""
    if len(content) <= most:
        return text(content)
    head, tail = content[: most * 2 // 3], content[len(content) - most // 3 :]
    left = len(content) - len(head) - len(tail)
    return f'{text(head)}<span class="cut"> […{left:,} characters…] </span>{text(tail)}'


def pieces(found: Iterable[Piece], most: int, shared: int = 0) -> str:
    """Stretches of one message; the first `shared` characters are dimmed."""
    out, left = [], shared
    for piece in found:
        content = piece.text
        dimmed = content[: max(left, 0)]
        left -= len(content)
        body = f'<span class="shared">{clipped(dimmed, most)}</span>' if dimmed else ""
        if len(dimmed) < len(content):
            body += clipped(content[len(dimmed) :], most)
        if not piece.kind:
            out.append(body)
            continue
        look = LOOKS.get(piece.kind, "plain") + (" masked" if piece.masked else "")
        out.append(f'<span class="seg {look}"><b class="tag">{text(piece.label)}</b>{body}</span>')
    return "".join(out)


def turn(said: Turn, most: int, shared: int = 0) -> str:
    """One message."""
    role = text(said.role)
    return (
        f'<div class="turn {role}"><span class="who">{role}</span>{pieces(said.pieces, most, shared)}</div>\n'
    )


def conversation(
    messages: Sequence[Mapping[str, str]], spans: Sequence[Mapping[str, Any]], most: int, shared: int = 0
) -> str:
    """Messages in order; the shared prefix is of the first."""
    return "".join(turn(one, most, shared if i == 0 else 0) for i, one in enumerate(turns(messages, spans)))


def example(table: str, row: Mapping[str, Any], most: int) -> str:
    """What a row teaches."""
    if table == "sft":
        return conversation(row["messages"], row["spans"], most)
    if table == "stepwise":
        return _steps(row, most)
    sides = [
        f"<div><b>{side}</b>{conversation(row[side], row[f'{side}_spans'], most, row['shared_prefix'])}</div>"
        for side in ("chosen", "rejected")
    ]
    return f'{conversation(row["prompt"], (), most)}<div class="pair">{"".join(sides)}</div>'


def _steps(row: Mapping[str, Any], most: int) -> str:
    lines = []
    rows = zip(row["completions"], row["labels"], row["values"], row["value_samples"], strict=True)
    for step, label, value, samples in rows:
        known = (
            ""
            if value is None
            else f' <span class="cut">{value:.2f} of {samples} continuations end right</span>'
        )
        sign = "+" if label else "−"
        lines.append(
            f'<span class="step {"plus" if label else "minus"}">{sign} {clipped(step.strip(), most)}{known}</span>'
        )
    user = turn(Turn("user", (Piece(row["prompt"]),)), most)
    return f'{user}<div class="turn assistant"><span class="who">steps</span>{"".join(lines)}</div>'
