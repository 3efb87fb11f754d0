"""Whether two distributions differ by more than chance: Pearson's chi-square test, corrected for clusters.

The rows of one problem are not independent of each other: a test that takes them so calls everything moved. The
statistic is therefore divided by the mean design effect of the shares, measured from the counts by problem (the
first-order correction of Rao and Scott, 1981), which is taken as at least 1. Categories that are expected fewer than
5 times on a side are put together. Versions share most of their problems and often most of their rows, so the test
errs on the side of silence.
"""

import mpmath
import polars as pl

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
    counts = _pooled(rows_a, rows_b)
    if counts.height < 2:
        return 1.0
    pooled = dict(zip(counts["value"], counts["pool"], strict=True))
    values = sorted(set(pooled.values()))
    if len(values) < 2:
        return 1.0
    effects = [
        _design_effect(rows.with_columns(pl.col("value").replace(pooled))) for rows in (rows_a, rows_b)
    ]
    total_a, total_b = rows_a.height, rows_b.height
    # Sorted: floats summed in another order differ in their last digit.
    both = counts.group_by("pool").agg(pl.col("a").sum(), pl.col("b").sum()).sort("pool")
    statistic = 0.0
    for a, b in both.select("a", "b").iter_rows():
        share = (a + b) / (total_a + total_b)
        statistic += (a - share * total_a) ** 2 / (share * total_a) + (b - share * total_b) ** 2 / (
            share * total_b
        )
    statistic /= max(1.0, (effects[0] * total_b + effects[1] * total_a) / (total_a + total_b))
    return float(mpmath.gammainc((len(values) - 1) / 2, statistic / 2, mpmath.inf, regularized=True))


def _pooled(rows_a: pl.DataFrame, rows_b: pl.DataFrame) -> pl.DataFrame:
    """`value`, counts `a` and `b`, and `pool`: the value itself, or one name for all rare ones."""
    a = rows_a.group_by("value").len("a").with_columns(pl.col("a").cast(pl.Int64))
    b = rows_b.group_by("value").len("b").with_columns(pl.col("b").cast(pl.Int64))
    counts = a.join(b, on="value", how="full", coalesce=True).fill_null(0)
    least = min(rows_a.height, rows_b.height) / (rows_a.height + rows_b.height)
    rare = (pl.col("a") + pl.col("b")) * least < _LEAST_EXPECTED
    return counts.with_columns(pl.when(rare).then(pl.lit("\0rare")).otherwise("value").alias("pool"))


def _design_effect(rows: pl.DataFrame) -> float:
    """How many times the variance of the shares is that of independent rows, the mean over values.

    Variance of a share: that of a ratio estimate whose units are problems.
    """
    total = rows.height
    sizes = rows.group_by("problem_id").len("size")
    shares = rows.group_by("value").agg((pl.len() / total).alias("share"))
    cells = (
        rows.group_by("problem_id", "value")
        .len("count")
        .join(sizes, on="problem_id")
        .join(shares, on="value")
    )
    cells = cells.sort("value", "problem_id")  # floats summed in another order differ in their last digit
    # Sum of (count - share * size)² over all problems, those without the value included.
    squares = float((sizes["size"].cast(pl.Float64) ** 2).sum())
    count, share, size = pl.col("count").cast(pl.Float64), pl.col("share"), pl.col("size").cast(pl.Float64)
    by_value = cells.group_by("value", maintain_order=True).agg(
        ((count - share * size) ** 2 - (share * size) ** 2).sum().alias("seen"), share.first()
    )
    by_value = by_value.filter(pl.col("share") < 1)
    spread = by_value["seen"] + by_value["share"] ** 2 * squares
    simple = by_value["share"] * total  # times (1 - share), which cancels against the mean's weight
    degrees = by_value.height - 1
    return float((spread / simple).sum() / degrees) if degrees > 0 else 1.0
