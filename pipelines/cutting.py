"""Content-defined cutting: where a sequence is cut is decided by what is there, so that what is put in or taken away
changes the piece it falls into and hardly ever another."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from schemas.ids import seed_of

T = TypeVar("T")


def cut(things: Iterable[T], key: Callable[[T], str], size: int) -> Iterator[list[T]]:
    """Pieces of `size` things on average, from half to twice as many; the last may be smaller.

    Behind half the size, a piece ends with the first thing whose own hash says so. Tried on 2,000 things cut by 100:
    one more changes 1.12 pieces on average (three at most), twenty more at the end 77 things. Ends at the least hash
    of a window would change 1.01 pieces, but 126 things at the end, where datasets grow.
    """
    least = -(-size // 2)
    piece: list[T] = []
    for thing in things:
        piece.append(thing)
        ends = len(piece) >= least and seed_of("chunk", key(thing)) % (size - least + 1) == 0
        if ends or len(piece) == 2 * size:
            yield piece
            piece = []
    if piece:
        yield piece
