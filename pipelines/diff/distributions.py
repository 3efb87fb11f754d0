"""How the rows spread over recipes, kinds, verdicts, lengths …, before and after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from pipelines.diff.chance import LEAST_DISTANCE, LEVEL, distance, p_value
from pipelines.diff.difference import Cell, Distribution
from pipelines.diff.side import Side
from pipelines.targets import EASY, HARD
from schemas.arrow import ROW_TABLES, TABLES

_ROW_COLUMNS = (
    "recipe",
    "variant",
    "error_kind",
    "origin",
    "verified_by",
    "located_by",
    "written_by",
    "source",
    "split",
)


@dataclass(frozen=True)
class _Asked:
    """A distribution to be made: which rows, and the value of each."""

    table: str
    of: str
    value: pl.Expr
    unit: Literal["rows", "problems"] = "rows"
    rows: Callable[[Side], pl.DataFrame] | None = None
    lengths: bool = False


def distributions(a: Side, b: Side) -> tuple[Distribution, ...]:
    """All distributions, table by table; a value that no row has on either side is not there."""
    made = [found for asked in _asked() if (found := _distribution(asked, a, b)) is not None]
    tests = sum(d.p is not None for d in made)
    return tuple(
        replace(d, moved=d.p is not None and d.p < LEVEL / tests and d.distance >= LEAST_DISTANCE)
        for d in made
    )


def pass_rates(side: Side) -> pl.DataFrame:
    """`problem_id`, `split`, `pass_rate` of the problems of which an attempt was decided."""
    if "pass_rate" not in side.attempts.columns:
        return pl.DataFrame(schema={"problem_id": pl.String, "split": pl.String, "pass_rate": pl.Float32})
    known = side.own_attempts.filter(pl.col("pass_rate").is_not_null())
    return known.unique("problem_id", keep="first", maintain_order=True).select(
        "problem_id", "split", "pass_rate"
    )


def _asked() -> Iterator[_Asked]:
    for table in ROW_TABLES:
        for column in _ROW_COLUMNS:
            yield _Asked(table, column, _VALUES.get(column, pl.col(column)))
        yield _Asked(table, "length", _length_band(), lengths=True)
    attempts = TABLES[-1]
    for column in ("recipe", "source", "split"):
        yield _Asked(attempts, column, pl.col(column))

    def own(side: Side) -> pl.DataFrame:
        return side.own_attempts

    def wrong(side: Side) -> pl.DataFrame:
        return own(side).filter(pl.col("verdict") == "wrong")

    def unknown(side: Side) -> pl.DataFrame:
        return own(side).filter(pl.col("verdict") == "unknown")

    yield _Asked(attempts, "verdict", pl.col("verdict"), rows=own)
    yield _Asked(attempts, "finish", pl.col("finish"), rows=own)
    yield _Asked(attempts, "unknown reason", pl.col("reason"), rows=unknown)
    yield _Asked(attempts, "error_kind of wrong", pl.col("error_kind"), rows=wrong)
    yield _Asked(attempts, "located_by of wrong", pl.col("located_by"), rows=wrong)
    yield _Asked(attempts, "length", _length_band(), rows=own, lengths=True)
    yield _Asked(attempts, "pass rate", _rate_band(), "problems", rows=pass_rates)


_VALUES = {
    "variant": pl.concat_str("recipe", pl.lit(" · "), "variant"),
    # `continued:3/8` says how often, which is no sort of proof.
    "verified_by": pl.col("verified_by").str.replace(r":\d+/\d+$", ""),
}


def _length_band() -> pl.Expr:
    """From a power of two up to below the next, in characters."""
    low = pl.lit(2, dtype=pl.Int64).pow(
        pl.col("length").cast(pl.Float64).clip(1).log(2).floor().cast(pl.Int64)
    )
    return pl.format("{}-{}", low, low * 2 - 1)


def _rate_band() -> pl.Expr:
    rate = pl.col("pass_rate")
    return (
        pl.when(rate <= 0).then(pl.lit("0 never right")).when(rate <= HARD).then(pl.lit("1 hard"))
        .when(rate < EASY).then(pl.lit("2 medium")).when(rate < 1).then(pl.lit("3 easy"))
        .otherwise(pl.lit("4 always right"))
    )  # fmt: skip


def _distribution(asked: _Asked, a: Side, b: Side) -> Distribution | None:
    frames = [asked.rows(side) if asked.rows else side.tables[asked.table] for side in (a, b)]
    if any(not set(asked.value.meta.root_names()) <= set(frame.columns) for frame in frames):
        return None
    rows = [
        frame.select("problem_id", asked.value.cast(pl.String).fill_null("").alias("value"))
        for frame in frames
    ]
    counted = [dict(frame.group_by("value").len().iter_rows()) for frame in rows]
    values = sorted({*counted[0], *counted[1]}, key=_natural)
    if not values or values == [""]:
        return None
    was, now = ([side.get(value, 0) for value in values] for side in counted)
    p = 1.0 if was == now else p_value(rows[0], rows[1])
    medians = [_median(frame) if asked.lengths else None for frame in frames]
    cells = tuple(Cell(v or "(empty)", x, y) for v, x, y in zip(values, was, now, strict=True))
    return Distribution(
        asked.table, asked.of, asked.unit, cells, round(distance(was, now), 6), None if p is None else _rounded(p),
        moved=False, median_a=medians[0], median_b=medians[1],
    )  # fmt: skip


def _median(frame: pl.DataFrame) -> float | None:
    value = frame["length"].median()
    return float(value) if isinstance(value, int | float) else None


def _rounded(p: float) -> float:
    """Three digits: the order of a sum may change the last ones."""
    return float(f"{p:.3g}")


def _natural(value: str) -> tuple[int, str]:
    """Bands of numbers by number, everything else by name."""
    head = value.partition("-")[0]
    return (int(head), value) if head.isdigit() else (-1, value)
