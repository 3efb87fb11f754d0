"""The stretches of a row as people see them: by kind, masked or learnt.

Shared by what prints rows (`pipelines.show`), the card and the report.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOOKS: Mapping[str, str] = {
    "prefix": "plain",
    "mistake": "mistake",
    "reflection": "talk",
    "correction": "right",
    "continuation": "right",
    "verdict": "talk",
    "false_verdict": "false",
    "critique": "talk",
    "answer": "right",
    "thought": "thought",
    "trigger": "talk",
    "redundant": "spare",
    "brake": "talk",
}
"""Segment kind to what it looks like: kinds of one sort share a colour."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a message. `kind` is empty, `weight` None where nothing is learnt by design: prompts,
    other roles."""

    text: str
    kind: str = ""
    weight: float | None = None

    @property
    def masked(self) -> bool:
        """Whether an assistant's text bears no loss."""
        return self.weight == 0

    @property
    def label(self) -> str:
        """`mistake, masked`, `answer, weight 2.5`, `correction`."""
        weight = self.weight
        return self.kind + (
            ", masked" if weight == 0 else "" if weight in (1, None) else f", weight {weight:.3g}"
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One message in pieces that join back to its text."""

    role: str
    pieces: tuple[Piece, ...]


def turns(messages: Sequence[Mapping[str, str]], spans: Sequence[Mapping[str, Any]] = ()) -> list[Turn]:
    """The messages of a row, the assistant's cut at its spans."""
    return [Turn(m["role"], tuple(_pieces(number, m, spans))) for number, m in enumerate(messages)]


def _pieces(number: int, message: Mapping[str, str], spans: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    own = [s for s in spans if s["message"] == number] if message["role"] == "assistant" else []
    if not own:
        yield Piece(message["content"])
    for span in own:
        yield Piece(message["content"][span["start"] : span["end"]], span["kind"], span["weight"])


def attempt_pieces(row: Mapping[str, Any]) -> list[Piece]:
    """The steps of an attempt's row, the first wrong one as a mistake."""
    pieces = []
    for number, step in enumerate(row["steps"]):
        kind = "mistake" if number == row["first_error"] else ""
        pieces.append(Piece(row["text"][step["start"] : step["end"]], kind))
    return pieces or [Piece(row["text"])]
