"""Sets of real numbers as unions of intervals: joined, intersected and compared by their exact ends.

(-\\infty, 2) \\cup (3, \\infty)        x < 2 or x > 3        x \\ne 3        [1, 2) \\cup [2, 4]  =  [1, 4]
"""

from dataclasses import replace

from filters.verify.math.approximation import real_value
from filters.verify.math.quantity import Quantity
from filters.verify.math.roots import Undecidable
from filters.verify.math.shapes import Group, Piece, Region
from filters.verify.math.surd import Surd
from filters.verify.math.value_equality import same_value

EVERYTHING = Piece(None, False, None, False)
MAX_PIECES = 24


def order(one: Surd, other: Surd) -> int:
    """-1, 0 or 1 as the first value is below, at or above the second; both must be real numbers."""
    same = same_value(one, other)
    a, b = real_value(one), real_value(other)
    if a is None or b is None or same is None or (not same and abs(a - b) <= 1e-9 * max(abs(a), abs(b))):
        raise Undecidable("order")
    return 0 if same else -1 if a < b else 1


def joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The union, in order, with pieces that touch made one."""
    if len(pieces) > MAX_PIECES:
        raise Undecidable("pieces")
    result: list[Piece] = []
    for piece in sorted(pieces, key=_start):
        if result and _touches(result[-1], piece):
            result[-1] = _wider(result[-1], piece)
        else:
            result.append(piece)
    return tuple(result)


def intersected(one: tuple[Piece, ...], other: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """What is in both."""
    found = []
    for a in one:
        for b in other:
            low, low_closed = _inner(a.low, a.low_closed, b.low, b.low_closed, 1)
            high, high_closed = _inner(a.high, a.high_closed, b.high, b.high_closed, -1)
            piece = Piece(low, low_closed, high, high_closed)
            if not _empty(piece):
                found.append(piece)
    return joined(found)


def without_point(point: Surd) -> tuple[Piece, ...]:
    """All real numbers but one."""
    return Piece(None, False, point, False), Piece(point, False, None, False)


def region_of(group: Group) -> Region | None:
    """An interval or a set of numbers as a region; None where it is neither."""
    values = [item.value for item in group.items if isinstance(item, Quantity) and not item.percent]
    if len(values) != len(group.items) or not values:
        return None
    if group.brackets in ("", "{}"):
        return Region("", joined([Piece(value, True, value, True) for value in values]))
    if len(values) != 2:
        return None
    opening, closing = group.brackets[0], group.brackets[-1]
    low, high = (None if "\\infty" in value.names() else value for value in values)
    piece = Piece(low, opening == "[" and low is not None, high, closing == "]" and high is not None)
    signs_fit = (low is not None or values[0] == -_INFINITY) and (high is not None or values[1] == _INFINITY)
    if not signs_fit or _empty(piece):
        return None
    return Region("", (piece,))


def same_region(one: Region, other: Region) -> bool:
    """Whether two regions hold the same numbers; their variables are not compared."""
    if len(one.pieces) != len(other.pieces):
        return False
    return all(
        (a.low_closed, a.high_closed) == (b.low_closed, b.high_closed)
        and _same_end(a.low, b.low)
        and _same_end(a.high, b.high)
        for a, b in zip(one.pieces, other.pieces, strict=True)
    )


_INFINITY = Surd.symbol("\\infty")


def _same_end(one: Surd | None, other: Surd | None) -> bool:
    if one is None or other is None:
        return one is other
    return order(one, other) == 0


def _start(piece: Piece) -> tuple[float, bool]:
    low = float("-inf") if piece.low is None else real_value(piece.low)
    if low is None:
        raise Undecidable("an end that is no real number")
    return low, not piece.low_closed


def _touches(left: Piece, right: Piece) -> bool:
    if left.high is None or right.low is None:
        return True
    place = order(right.low, left.high)
    return place < 0 or (place == 0 and (left.high_closed or right.low_closed))


def _wider(left: Piece, right: Piece) -> Piece:
    if left.high is None or right.high is None:
        return replace(left, high=None, high_closed=False)
    place = order(left.high, right.high)
    if place == 0:
        return replace(left, high_closed=left.high_closed or right.high_closed)
    return left if place > 0 else replace(left, high=right.high, high_closed=right.high_closed)


def _inner(
    a: Surd | None, a_closed: bool, b: Surd | None, b_closed: bool, side: int
) -> tuple[Surd | None, bool]:
    """The tighter of two ends; `side` is 1 for lower ends and -1 for upper ones."""
    if a is None or b is None:
        return (b, b_closed) if a is None else (a, a_closed)
    place = order(a, b) * side
    if place == 0:
        return a, a_closed and b_closed
    return (a, a_closed) if place > 0 else (b, b_closed)


def _empty(piece: Piece) -> bool:
    if piece.low is None or piece.high is None:
        return False
    place = order(piece.low, piece.high)
    return place > 0 or (place == 0 and not (piece.low_closed and piece.high_closed))
