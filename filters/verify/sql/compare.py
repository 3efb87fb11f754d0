"""Two results: equal, or the first difference and what kind it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from filters.verify.sql.cells import equal, key
from filters.verify.sql.multiset import Row, Unmatched, unmatched
from filters.verify.sql.options import SqlOptions

MAX_ORDERS = 200
"""Orders of columns that are tried; columns that already agree one by one seldom leave more than one."""


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of one run; `columns` is None where nobody said how many there are (an empty `expected`)."""

    columns: int | None
    rows: tuple[Row, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """How a result differs from the reference's.

    `kind`: `wrong_column_count`, `wrong_column_order`, `wrong_order`, `wrong_duplicates` (the same rows,
    not as often), `missing_rows`, `extra_rows`, `wrong_rows`, or `undecided`. `row` and `column` are
    places from 0 (of the result's row where there is one, else of the reference's).
    """

    kind: str
    row: int | None = None
    column: int | None = None
    expected: object = None
    got: object = None


def difference(reference: Result, result: Result, ordered: bool, options: SqlOptions) -> Difference | None:
    """None where the results are equal under the options."""
    if reference.columns is not None and reference.columns != result.columns:
        return Difference("wrong_column_count", expected=reference.columns, got=result.columns)
    found = _difference(reference.rows, result.rows, ordered, options.relative_tolerance)
    if found is None or found.kind == "undecided" or not reference.rows:
        return found
    for order in _orders(reference.rows, result.rows, options.relative_tolerance):
        changed = [tuple(row[place] for place in order) for row in result.rows]
        if _difference(reference.rows, changed, ordered, options.relative_tolerance) is None:
            if options.columns == "any":
                return None
            return Difference("wrong_column_order", found.row, found.column, found.expected, found.got)
    return found


def _difference(
    reference: Sequence[Row], result: Sequence[Row], ordered: bool, tolerance: float
) -> Difference | None:
    if ordered and len(reference) == len(result):
        place = _first_unequal(reference, result, tolerance)
        if place is None:
            return None
    left = unmatched(reference, result, tolerance)
    if not left.decided:
        return Difference("undecided")
    if left.missing or left.extra:
        return _rows_differ(reference, result, left, tolerance)
    if not ordered:
        return None
    place = _first_unequal(reference, result, tolerance)
    return None if place is None else Difference("wrong_order", place, None, reference[place], result[place])


def _first_unequal(reference: Sequence[Row], result: Sequence[Row], tolerance: float) -> int | None:
    pairs = enumerate(zip(reference, result, strict=True))
    return next((place for place, (one, other) in pairs if not equal(one, other, tolerance)), None)


def _rows_differ(
    reference: Sequence[Row], result: Sequence[Row], left: Unmatched, tolerance: float
) -> Difference:
    wanted = reference[left.missing[0]] if left.missing else None
    if wanted is None or not left.extra:
        kind = (
            "wrong_duplicates"
            if _same_set(reference, result)
            else "missing_rows"
            if left.missing
            else "extra_rows"
        )
        place = left.missing[0] if left.missing else left.extra[0]
        return Difference(kind, place, None, wanted, None if left.missing else result[place])
    # of the rows that should not be there the one most like the first that is missing
    likest = max(left.extra[:100], key=lambda place: _alike(wanted, result[place], tolerance))
    pairs = enumerate(zip(wanted, result[likest], strict=False))
    column = next((n for n, (a, b) in pairs if not equal(a, b, tolerance)), None)
    return Difference("wrong_rows", likest, column, wanted, result[likest])


def _same_set(reference: Sequence[Row], result: Sequence[Row]) -> bool:
    return {key(row) for row in reference} == {key(row) for row in result}


def _alike(one: Row, other: Row, tolerance: float) -> int:
    return sum(equal(a, b, tolerance) for a, b in zip(one, other, strict=False))


def _orders(reference: Sequence[Row], result: Sequence[Row], tolerance: float) -> Iterator[tuple[int, ...]]:
    """Orders of the result's columns in which each column has its reference's values."""
    if len(reference) != len(result) or len({len(row) for row in (*reference, *result)}) != 1:
        return iter(())
    ones = [tuple((row[place],) for row in reference) for place in range(len(reference[0]))]
    others = [tuple((row[place],) for row in result) for place in range(len(reference[0]))]
    fits = []
    for one in ones:
        left = [unmatched(one, other, tolerance) for other in others]
        fits.append(
            [n for n, found in enumerate(left) if found.decided and not (found.missing or found.extra)]
        )
    return islice(_choices(fits, ()), MAX_ORDERS) if all(fits) else iter(())


def _choices(fits: list[list[int]], taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if len(taken) == len(fits):
        yield taken
        return
    for place in fits[len(taken)]:
        if place not in taken:
            yield from _choices(fits, (*taken, place))
