"""Mistakes of one edit: what an operator on a program or a query changes, in which order, and as an injection."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.injection import Edit, Injection


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` becomes `after`; `rank` 0 is the likeliest mistake of its kind."""

    start: int
    end: int
    after: str
    rank: int = 0


def likeliest_first(changes: Iterable[Change], rng: random.Random) -> list[Change]:
    """By rank, in random order within one; the same changes and random numbers give the same order."""
    ordered = sorted(changes, key=lambda change: (change.start, change.end, change.after))
    rng.shuffle(ordered)
    return sorted(ordered, key=lambda change: change.rank)


def single_edit(injector: str, kind: str, original: str, text: str, edit: Edit) -> Injection:
    """The injection, unproven; its step is the 0-based line of the edit."""
    return Injection(
        injector=injector,
        kind=kind,
        original=original,
        text=text,
        edits=(edit,),
        step=text.count("\n", 0, edit.start),
    )
