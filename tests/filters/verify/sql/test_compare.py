"""Results are compared as multisets of rows; numbers by value, the rest exactly."""

import math
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.sql.cells import ABSOLUTE, equal
from filters.verify.sql.compare import Difference, Result, difference
from filters.verify.sql.multiset import unmatched
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.report import shown
from filters.verify.sql.values import Cell, from_json, to_json

OPTIONS = SqlOptions()
TOLERANCE = OPTIONS.relative_tolerance
SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.text(max_size=3)
    | st.binary(max_size=3)
)
CELLS = SIMPLE | st.lists(SIMPLE, max_size=2).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[Cell, ...]]:
    width = draw(st.integers(1, 3))
    return draw(st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6))


def differ(
    one: list[tuple[Cell, ...]], other: list[tuple[Cell, ...]], ordered: bool = False
) -> Difference | None:
    sides = [Result(len(rows[0]) if rows else None, tuple(rows)) for rows in (one, other)]
    return difference(sides[0], sides[1], ordered, OPTIONS)


@given(tables(), st.randoms(use_true_random=False))
def test_a_permutation_of_rows_is_equal_where_order_is_not_asked_for(
    rows: list[tuple[Cell, ...]], random: object
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert differ(rows, shuffled) is None
    found = differ(rows, shuffled, ordered=True)
    same = all(equal(a, b, TOLERANCE) for a, b in zip(rows, shuffled, strict=True))
    assert (found is None) == same
    # a table whose columns are alike may also be read as its columns exchanged
    assert found is None or found.kind in ("wrong_order", "wrong_column_order")


@given(tables(), CELLS, st.data())
def test_one_changed_cell_is_a_difference(
    rows: list[tuple[Cell, ...]], new: Cell, data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    if equal(rows[row][column], new, 1e-6):
        return
    changed = list(rows)
    changed[row] = (*rows[row][:column], new, *rows[row][column + 1 :])
    for ordered in (False, True):
        found = differ(rows, changed, ordered)
        assert found is not None
        assert found.kind != "undecided"


@given(tables(), st.data())
def test_a_row_more_or_less_is_a_difference(rows: list[tuple[Cell, ...]], data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(rows))
    more, less = differ(rows, [*rows, row]), differ([*rows, row], rows)
    assert more is not None
    assert less is not None
    assert {more.kind, less.kind} == {"wrong_duplicates"}


@given(CELLS, CELLS)
def test_equality_is_symmetric_and_every_cell_equals_itself(one: Cell, other: Cell) -> None:
    assert equal(one, one, TOLERANCE)
    assert equal(one, other, TOLERANCE) == equal(other, one, TOLERANCE)


@given(CELLS)
def test_a_cell_comes_back_from_json_and_can_be_shown(cell: Cell) -> None:
    import json

    back = from_json(json.loads(json.dumps(to_json(cell))))
    assert equal(cell, back, 0)
    json.dumps(shown(cell), allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from([1.0, 1 + 0.9e-9, 1 + 1.8e-9]), st.sampled_from([5, 5.0])), max_size=5
    ),
    st.data(),
)
def test_rows_are_paired_off_as_well_as_any_pairing_can(
    rows: list[tuple[float, float]], data: st.DataObject
) -> None:
    # 1 is close to 1 + 0.9e-9 and that to 1 + 1.8e-9, but not the first to the last
    other = data.draw(st.permutations(rows).map(lambda p: [(a + 0.9e-9 if a == 1.0 else a, b) for a, b in p]))
    left = unmatched(rows, other, 1e-9)
    possible = any(
        all(equal(a, b, 1e-9) for a, b in zip(rows, order, strict=True)) for order in permutations(other)
    )
    assert (not left.missing and not left.extra) == possible


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, None, True),
        (None, 0, False),
        (None, "", False),
        (1, 1.0, True),
        (1, True, False),
        (1, "1", False),
        (Decimal("1.50"), 1.5, True),
        (Decimal("0.1"), 0.1, True),
        (Decimal("0.1"), Decimal("0.10000000000000000001"), False),
        (2**53 + 1, 2**53, False),
        (2**53 + 1, float(2**53), True),
        (10**400, 1.0, False),
        (0.1 + 0.2, 0.3, True),
        (0.1 + 0.2 - 0.3, 0, True),
        (1.0, 1.0 + 1e-7, False),
        (0.0, -0.0, True),
        (ABSOLUTE * 2, 0.0, False),
        (math.nan, math.nan, True),
        (Decimal("nan"), math.nan, True),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1e308, False),
        ("a", "A", False),
        ("a", "a ", False),
        (b"a", "a", False),
        ((1, 2), (1.0, 2), True),
        ((1, 2), (2, 1), False),
    ],
)
def test_cells(one: Cell, other: Cell, same: bool) -> None:
    assert equal(one, other, TOLERANCE) is same


def test_the_first_difference_is_told() -> None:
    found = differ([("a", 1), ("b", 2), ("c", 3)], [("c", 3), ("x", 0), ("b", 5)])
    assert found == Difference("wrong_rows", 1, 0, ("a", 1), ("x", 0))
    found = differ([("a", 1), ("b", 2), ("c", 3)], [("c", 3), ("a", 1), ("b", 5)])
    assert found == Difference("wrong_rows", 2, 1, ("b", 2), ("b", 5))
    assert differ([(1,), (2,)], [(2,), (1,)], ordered=True) == Difference("wrong_order", 0, None, (1,), (2,))


def test_many_nearly_equal_rows_that_cannot_be_paired_in_time_are_not_decided() -> None:
    one = [(1 + n * 1e-13, 1.0 * (n % 7)) for n in range(400)]
    other = [(a + 2e-13, 6.0 - b) for a, b in one]
    found = differ(one, other)
    assert found is not None
    assert found.kind == "undecided"


def test_many_rows_within_the_tolerance_are_paired_in_their_order() -> None:
    one = [(float(n), n / 3) for n in range(1, 400)]
    other = [(a * (1 + 1e-12), b * (1 - 1e-12)) for a, b in reversed(one)]
    assert differ(one, other) is None
    found = differ(one, [*other[1:], (1.0, 2.0)])
    assert found is not None
    assert found.kind in ("wrong_rows", "undecided")


def test_columns_may_come_in_any_order_where_that_is_allowed() -> None:
    any_ = SqlOptions(columns="any")
    one = Result(3, ((1, "a", 1), (2, "b", 2), (2, "c", 1)))
    other = Result(3, tuple((row[2], row[0], row[1]) for row in one.rows))
    assert difference(one, other, False, any_) is None
    mixed = Result(3, (("a", 2, 1), ("b", 1, 2), ("c", 2, 1)))  # each column right, the rows not
    assert difference(one, mixed, False, any_) is not None
