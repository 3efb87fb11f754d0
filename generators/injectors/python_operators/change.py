"""One change of a program's text, as an operator proposes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` becomes `after`; `rank` 0 is the likeliest mistake of its kind."""

    start: int
    end: int
    after: str
    rank: int = 0
