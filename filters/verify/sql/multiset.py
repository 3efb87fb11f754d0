"""Rows as a multiset: which rows of two results have no partner in the other."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from filters.verify.sql.cells import close, key, numbers, shape
from filters.verify.sql.values import Cell

Row: TypeAlias = tuple[Cell, ...]
Vector: TypeAlias = tuple[int | float | Decimal, ...]

MAX_PAIRS = 40_000
"""Pairs of rows looked at to find partners within the tolerance; more is not decided."""


class Unmatched(NamedTuple):
    """Places of the rows without a partner: `missing` in the reference's result, `extra` in the other."""

    missing: list[int]
    extra: list[int]
    decided: bool = True


def unmatched(reference: Sequence[Row], result: Sequence[Row], tolerance: float) -> Unmatched:
    """Rows of each side left when equal rows are paired off, exactly first, then within the tolerance.

    `decided` is False where too many rows are nearly equal to pair them off.
    """
    missing = _surplus([key(row) for row in reference], [key(row) for row in result])
    extra = _surplus([key(row) for row in result], [key(row) for row in reference])
    groups: defaultdict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place in missing:
        groups[shape(reference[place])][0].append(place)
    for place in extra:
        groups[shape(result[place])][1].append(place)
    decided = True
    for wanted, given in groups.values():
        if len(wanted) * len(given) > MAX_PAIRS:
            # unlike numbers of rows differ however they are paired
            if len(wanted) == len(given):
                decided = _sorted_pairs(wanted, given, reference, result, tolerance) and decided
            continue
        _pair_off(wanted, given, reference, result, tolerance)
    if not decided:
        return Unmatched(missing, extra, decided=False)
    return Unmatched(
        sorted(place for wanted, _ in groups.values() for place in wanted),
        sorted(place for _, given in groups.values() for place in given),
    )


def _surplus(these: list[Hashable], those: list[Hashable]) -> list[int]:
    """Places in `these` that are left when each of `those` takes one equal to it, the last ones left."""
    free = Counter(those)
    left = []
    for place, one in enumerate(these):
        if free[one]:
            free[one] -= 1
        else:
            left.append(place)
    return left


def _vector(row: Row) -> Vector:
    return tuple(numbers(row))


def _near(one: Vector, other: Vector, tolerance: float) -> bool:
    return all(close(a, b, tolerance) for a, b in zip(one, other, strict=True))


def _sorted_pairs(
    wanted: list[int], given: list[int], reference: Sequence[Row], result: Sequence[Row], tolerance: float
) -> bool:
    """Pair off many rows in the order of their numbers; False, and nothing done, where that fails."""
    ones = sorted(_vector(reference[place]) for place in wanted)
    others = sorted(_vector(result[place]) for place in given)
    if all(_near(one, other, tolerance) for one, other in zip(ones, others, strict=True)):
        wanted.clear()
        given.clear()
        return True
    return False


def _pair_off(
    wanted: list[int], given: list[int], reference: Sequence[Row], result: Sequence[Row], tolerance: float
) -> None:
    """Remove a largest set of pairs (augmenting paths: closeness is not transitive, so greed can fail)."""
    ones = [_vector(reference[place]) for place in wanted]
    others = [_vector(result[place]) for place in given]
    near = [[b for b, other in enumerate(others) if _near(one, other, tolerance)] for one in ones]
    partner: dict[int, int] = {}

    def find(a: int, seen: set[int]) -> bool:
        for b in near[a]:
            if b not in seen:
                seen.add(b)
                if b not in partner or find(partner[b], seen):
                    partner[b] = a
                    return True
        return False

    for a in range(len(ones)):
        find(a, set())
    paired = set(partner.values())
    wanted[:] = [place for a, place in enumerate(wanted) if a not in paired]
    given[:] = [place for b, place in enumerate(given) if b not in partner]
