"""When a distribution is said to have moved."""

import polars as pl
import pytest

from pipelines.diff.chance import distance, p_value


def rows(counts: dict[str, int], times: int = 1, each: int = 1) -> pl.DataFrame:
    """So many problems of each value, `each` rows of every problem."""
    values = [value for value, count in counts.items() for _ in range(count * times)]
    frame = pl.DataFrame({"value": values}).with_row_index("problem_id")
    return pl.concat([frame.with_columns(pl.col("problem_id").cast(pl.String))] * each)


@pytest.mark.parametrize(
    ("a", "b", "p"),
    [
        # Pearson's chi-square of 2 x k tables, without a continuity correction, by scipy.stats.chi2_contingency.
        ({"x": 10, "y": 20}, {"x": 20, "y": 10}, 0.009823),
        ({"x": 30, "y": 20, "z": 50}, {"x": 45, "y": 30, "z": 25}, 0.001370),
        ({"x": 50, "y": 50}, {"x": 50, "y": 50}, 1.0),
        ({"x": 50}, {"x": 70}, 1.0),
    ],
)
def test_independent_rows_are_tested_as_pearson_does(a: dict[str, int], b: dict[str, int], p: float) -> None:
    assert p_value(rows(a), rows(b)) == pytest.approx(p, rel=0.05, abs=1e-4)


def test_ten_equal_rows_of_a_problem_say_no_more_than_one() -> None:
    a, b = {"x": 40, "y": 60}, {"x": 55, "y": 45}
    once = p_value(rows(a), rows(b))
    assert once is not None and 0.02 < once < 0.05
    assert p_value(rows(a, each=10), rows(b, each=10)) == pytest.approx(once, rel=0.1)
    # Ten times the problems do say more.
    more = p_value(rows(a, times=10), rows(b, times=10))
    assert more is not None and more < 1e-9


def test_rare_values_are_put_together() -> None:
    # Every one of 40 values stands once, on one side alone: no row of them is expected 5 times.
    a = rows({"common": 60, **{f"a{n}": 1 for n in range(20)}})
    b = rows({"common": 60, **{f"b{n}": 1 for n in range(20)}})
    assert p_value(a, b) == 1.0


def test_a_side_without_rows_has_no_chance() -> None:
    assert p_value(rows({}), rows({"x": 3})) is None


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [([1, 1], [2, 2], 0), ([1, 0], [0, 1], 1), ([3, 1], [1, 1], 0.25), ([0, 0], [1, 0], 1), ([], [], 0)],
)
def test_the_distance_is_the_share_that_would_have_to_move(a: list[int], b: list[int], apart: float) -> None:
    assert distance(a, b) == pytest.approx(apart)
    assert distance(b, a) == pytest.approx(apart)
