"""Whether two distributions differ by more than chance: Pearson's chi-square test, corrected for clusters.

The rows of one problem are not independent of each other: a test that takes them so calls everything moved. The
statistic is therefore divided by the mean design effect of the shares, measured from the counts by problem (the
first-order correction of Rao and Scott, 1981), which is taken as at least 1. Categories that are expected fewer than
5 times on a side are put together. Versions share most of their problems and often most of their rows, so the test
errs on the side of silence.
"""

import mpmath
import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.int64]
"""Numbers from 0 in place of names."""

LEVEL = 0.01
"""Chance of one false alarm or more in a whole comparison: each test gets its share of it (Bonferroni)."""

LEAST_DISTANCE = 0.01
"""Least total variation distance that is called moved: a large dataset makes any difference certain."""

_LEAST_EXPECTED = 5


def distance(a: list[int], b: list[int]) -> float:
    """Total variation distance of two lists of counts over the same values; 1 where one side alone has any."""
    total_a, total_b = sum(a), sum(b)
    if not total_a or not total_b:
        return float(total_a != total_b)
    return sum(abs(x / total_a - y / total_b) for x, y in zip(a, b, strict=True)) / 2


def p_value(rows_a: pl.DataFrame, rows_b: pl.DataFrame) -> float | None:
    """Probability of as large a difference by chance, of frames `problem_id`, `value`; None where one has no row.

    1 where there is one value alone.
    """
    if rows_a.is_empty() or rows_b.is_empty():
        return None
    both = pl.concat([rows_a, rows_b]).select(pl.all().rank("dense").cast(pl.Int64) - 1)
    problem, value = both["problem_id"].to_numpy(), both["value"].to_numpy()
    total_a, total_b = rows_a.height, rows_b.height
    value = _rare_as_one(value, total_a)
    kinds = int(value.max()) + 1
    if kinds < 2:
        return 1.0
    a, b = (np.bincount(part, minlength=kinds) for part in (value[:total_a], value[total_a:]))
    share = (a + b) / (total_a + total_b)
    statistic = float(
        sum(
            ((seen - share * rows) ** 2 / (share * rows)).sum() for seen, rows in ((a, total_a), (b, total_b))
        )
    )
    effect_a = _design_effect(problem[:total_a], value[:total_a], kinds)
    effect_b = _design_effect(problem[total_a:], value[total_a:], kinds)
    statistic /= max(1.0, (effect_a * total_b + effect_b * total_a) / (total_a + total_b))
    return float(mpmath.gammainc((kinds - 1) / 2, statistic / 2, mpmath.inf, regularized=True))


def _rare_as_one(value: Codes, total_a: int) -> Codes:
    """Values numbered anew from 0, with one number for all that are too rare for the test."""
    counts = np.bincount(value)
    least = min(total_a, len(value) - total_a) / len(value)
    rare = counts * least < _LEAST_EXPECTED
    return np.unique(np.where(rare, len(counts), np.arange(len(counts)))[value], return_inverse=True)[1]


def _design_effect(problem: Codes, value: Codes, kinds: int) -> float:
    """How many times the variance of the shares is that of independent rows, the mean over values.

    Variance of a share: that of a ratio estimate whose units are problems, the sum over all problems of
    (rows of the value - share * rows)², those without such a row included.
    """
    size = np.bincount(problem)
    share = np.bincount(value, minlength=kinds) / len(value)
    cells, count = np.unique(problem * kinds + value, return_counts=True)
    of, expected = cells % kinds, share[cells % kinds] * size[cells // kinds]
    squares = np.bincount(of, weights=(count - expected) ** 2 - expected**2, minlength=kinds)
    squares += share**2 * (size.astype(float) ** 2).sum()
    there = (share > 0) & (share < 1)
    # Times (1 - share), the weight of a value in the mean, which cancels.
    effects = squares[there] / (share[there] * len(value))
    return float(effects.sum() / (there.sum() - 1)) if there.any() else 1.0
