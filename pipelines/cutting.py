"""Content-defined cutting: where a sequence is cut is decided by what is there, so that what is put in or taken away
changes the piece it falls into and hardly ever another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from schemas.ids import seed_of

T = TypeVar("T")


def cut(things: Iterable[T], key: Callable[[T], str], size: int) -> Iterator[list[T]]:
    """Pieces of `size` things on average, from half to twice as many; the last may be smaller.

    Behind half the size, a piece ends with the first thing whose own hash says so. Tried on 2,000 things cut by 100:
    one more changes 1.12 pieces on average (three at most), twenty more at the end 77 things. Ends at the least hash
    of a window would change 1.01 pieces, but 126 things at the end, where datasets grow.
    """
    return cut_finer(things, key, (size,))


def cut_finer(things: Iterable[T], key: Callable[[T], str], sizes: Sequence[int]) -> Iterator[list[T]]:
    """The same with several sizes, the largest first: what is left behind the last whole piece of one size is cut by
    the next. What is added at the end makes small pieces new, and a large one only when it is full."""
    size, *smaller = sizes
    for piece, whole in _pieces(things, key, size):
        if whole or not smaller:
            yield piece
        else:
            yield from cut_finer(piece, key, smaller)


def _pieces(things: Iterable[T], key: Callable[[T], str], size: int) -> Iterator[tuple[list[T], bool]]:
    """Pieces, and whether each has ended where a thing said so, or grown to the most there may be."""
    least = -(-size // 2)
    piece: list[T] = []
    for thing in things:
        piece.append(thing)
        ends = len(piece) >= least and seed_of("chunk", key(thing)) % (size - least + 1) == 0
        if ends or len(piece) == 2 * size:
            yield piece, True
            piece = []
    if piece:
        yield piece, False
