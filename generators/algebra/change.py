"""A false move before its consequences are known, and the right moves that a solution makes."""

from collections.abc import Iterator
from dataclasses import dataclass

from filters.verify.math.surd import Surd
from filters.verify.math.value_equality import same_value
from generators.algebra.reading import Chain, Side


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` becomes `after`: in side `side` of chain `chain`, whose value is then `value`.

    `last` is where the stretch that must stay together with the mistake ends (usually the side's end).
    """

    start: int
    end: int
    after: str
    chain: int
    side: int
    last: int
    value: Surd | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`left = right` of one chain, both known and equal: the move from one to the other is right."""

    chain: int
    side: int
    left: Side
    right: Side
    """Side `side` of the chain."""


def links(chains: tuple[Chain, ...]) -> Iterator[Link]:
    """Every right move between neighbours of a chain."""
    for number, chain in enumerate(chains):
        for side, (left, relation, right) in enumerate(
            zip(chain.sides, chain.relations, chain.sides[1:], strict=False), start=1
        ):
            if relation == "=" and holds(left, right) and left.text != right.text:
                yield Link(number, side, left, right)


def holds(left: Side, right: Side) -> bool | None:
    """Whether two sides are equal as values; None where one is not read or it cannot be said."""
    if left.value is None or right.value is None:
        return None
    return same_value(left.value, right.value)
