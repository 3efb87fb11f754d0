"""Which row of the older version is which row of the newer one.

An id is a hash of content, so a row that says something else has another id. Rows are paired in turns, each taking
what the one before left:

1. the same id;
2. the same problem, recipe, variant and parents, and the same answer or sample index where they are attempts;
3. the same problem, recipe, variant and parents, by their order;
4. the same problem, recipe and parents under another variant, where the text is the same;
5. the same problem, recipe, variant and first parent (the mistaken attempt), by their order.

Parents count as the same where they were themselves paired, so a sample that says something else takes the rows made
of it along. Rows of two policies are two rows, however alike. All turns are symmetric in the two versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.diff.frames import HASHED
from pipelines.diff.side import Side
from schemas.arrow import ROW_TABLES

_TEXT = {"attempts": "text", "sft": "messages", "preference": "chosen", "stepwise": "completions"}
_LIKE = ["problem_id", "recipe", "variant", "policy"]


@dataclass(frozen=True)
class Pairs:
    """`places`, by table: the columns `a` and `b`, places of paired rows. `renamed`: ids `a` and `b` of paired
    attempts whose ids differ."""

    places: dict[str, pl.DataFrame]
    renamed: pl.DataFrame


def paired(a: Side, b: Side) -> Pairs:
    """Pair the rows of all tables, attempts first."""
    renamed = pl.DataFrame(schema={"a": pl.String, "b": pl.String})
    same = _taken(a.attempts, b.attempts, ["id"])
    known = same
    while True:
        # Attempts of recipes are made of others, which must be paired before: each round goes one deeper.
        more = _alike("attempts", _left(a.attempts, known, "a"), _left(b.attempts, known, "b"), renamed)
        if more.is_empty():
            break
        known = pl.concat([known, more])
        ids = more.join(a.attempts.select(pl.col("place").alias("a"), pl.col("id").alias("id_a")), on="a")
        ids = ids.join(b.attempts.select(pl.col("place").alias("b"), pl.col("id").alias("id_b")), on="b")
        renamed = pl.concat([renamed, ids.select(pl.col("id_a").alias("a"), pl.col("id_b").alias("b"))])
    places = {"attempts": known}
    for table in ROW_TABLES:
        mine, theirs = a.tables[table], b.tables[table]
        same = _taken(mine, theirs, ["id"])
        places[table] = pl.concat(
            [same, _alike(table, _left(mine, same, "a"), _left(theirs, same, "b"), renamed)]
        )
    return Pairs(places, renamed)


def _alike(table: str, a: pl.DataFrame, b: pl.DataFrame, renamed: pl.DataFrame) -> pl.DataFrame:
    """Pairs among rows of which no id is the same, by the turns from the second on."""
    a, b = with_kin(a, renamed, "a"), with_kin(b, renamed, "b")
    text = HASHED + _TEXT[table]
    turns = [[*_LIKE, "kin"], ["problem_id", "recipe", "policy", "kin", text], [*_LIKE, "first_kin"]]
    if table == "attempts":
        turns = [[*_LIKE, "kin", text], [*_LIKE, "kin", "index"]]
    found = [pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32})]
    for keys in turns:
        if set(keys) <= set(a.columns) & set(b.columns):
            found.append(_taken(a, b, keys))
            a, b = _left(a, found[-1], "a"), _left(b, found[-1], "b")
    return pl.concat(found)


def with_kin(rows: pl.DataFrame, renamed: pl.DataFrame, side: str) -> pl.DataFrame:
    """Rows with `kin`, their parents as one text in the newer version's names, and `first_kin`."""
    names = rows.select("place", "parents").explode("parents")
    if side == "a":
        names = names.join(renamed, left_on="parents", right_on="a", how="left", maintain_order="left")
        names = names.with_columns(pl.coalesce("b", "parents").alias("parents"))
    kin = names.group_by("place", maintain_order=True).agg(
        pl.col("parents").drop_nulls().str.join("|").alias("kin"),
        pl.col("parents").first().alias("first_kin"),
    )
    return rows.join(kin, on="place", how="left", maintain_order="left").with_columns(
        pl.col("kin").fill_null(""), pl.col("first_kin").fill_null("")
    )


def _taken(a: pl.DataFrame, b: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Places of the rows with the same keys, the first with the first, the second with the second, …."""
    turn = pl.int_range(pl.len()).over(keys).alias("turn")
    mine = a.select(pl.col("place").alias("a"), *keys, turn)
    theirs = b.select(pl.col("place").alias("b"), *keys, turn)
    return mine.join(theirs, on=[*keys, "turn"], nulls_equal=True, maintain_order="left").select("a", "b")


def _left(rows: pl.DataFrame, taken: pl.DataFrame, side: str) -> pl.DataFrame:
    return rows.join(taken.select(side), left_on="place", right_on=side, how="anti", maintain_order="left")
