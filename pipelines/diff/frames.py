"""A table of a dataset as a light frame: short columns as they are, long ones as hashes.

Text is read one row group at a time and let go, so that what is kept does not grow with its length.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow import schema
from schemas.exceptions import InputError

LINEAGE = (
    "id", "problem_id", "recipe", "variant", "error_kind", "origin", "policy", "teacher",
    "verified_by", "located_by", "written_by", "source", "licence",
)  # fmt: skip
_NEEDED = ("id", "problem_id", "recipe")
_SHORT = ("index", "first_error", "verdict", "reason", "pass_rate", "decided", "finish")

HASHED = "#"
"""Marks a column that holds a hash of the column it is named after."""

_STATEMENT = {"problem_id": pl.String, "statement": pl.String, "answer": pl.String}


def read_rows(table: str, files: Sequence[tuple[str, Path]]) -> pl.DataFrame:
    """Rows of a table's shards (split, path), in their order, numbered in `place`.

    Columns: lineage, `parents`, the short columns, `split`, `length` of what is answered in characters, and a hash of
    every other column. One that the files lack is not there, but for lineage, which is then empty. InputError where a
    file cannot be read or has no `id`, `problem_id` or `recipe`.
    """
    parts = [_light(table, split, group) for split, path in files for group in _row_groups(path)]
    rows = pl.concat(parts or [_light(table, "train", schema(table).empty_table())], how="diagonal")
    return rows.with_row_index("place")


def read_statements(files: Sequence[tuple[str, Path]], user: str) -> pl.DataFrame:
    """`problem_id`, `statement`, `answer` of every problem, from its own attempts; `user` is the prompt's template."""
    before, _, after = user.partition("{statement}")
    asked = pl.col("prompt").list.last().struct.field("content").str.strip_prefix(before)
    parts = [pl.DataFrame(schema=_STATEMENT)]
    for _, path in files:
        for group in _row_groups(path, ["problem_id", "recipe", "prompt", "answer"]):
            if {"prompt", "answer"} <= set(group.column_names):
                own = _frame(group).filter(pl.col("recipe") == "")
                own = own.unique("problem_id", keep="first", maintain_order=True)
                parts.append(
                    own.select("problem_id", asked.str.strip_suffix(after).alias("statement"), "answer")
                )
    return pl.concat(parts).unique("problem_id", keep="first", maintain_order=True)


def _row_groups(path: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    try:
        with pq.ParquetFile(path) as file:
            there = set(file.schema_arrow.names)
            if missing := [name for name in _NEEDED if name not in there]:
                raise InputError(
                    f"{path} has no column {missing[0]!r}: it is no table of a Corrigenda dataset"
                )
            wanted = None if columns is None else [name for name in columns if name in there]
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, columns=wanted)
    except pa.ArrowException as error:
        raise InputError(f"{path} cannot be read as Parquet ({error}); fetch or build it again") from None


def _frame(group: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(group)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _light(table: str, split: str, group: pa.Table) -> pl.DataFrame:
    frame = _frame(group)
    kept = [name for name in (*LINEAGE, *_SHORT) if name in frame.columns]
    return frame.select(
        *kept,
        *(pl.lit("").alias(name) for name in LINEAGE if name not in frame.columns),
        _parents(frame),
        pl.lit(split).alias("split"),
        _length(table, frame),
        *(
            pl.col(name).hash().alias(HASHED + name)
            for name in frame.columns
            if name not in kept and name != "parents"
        ),
    )


def _parents(frame: pl.DataFrame) -> pl.Expr:
    return (
        pl.col("parents")
        if "parents" in frame.columns
        else pl.lit([], dtype=pl.List(pl.String)).alias("parents")
    )


def _length(table: str, frame: pl.DataFrame) -> pl.Expr:
    """Characters of what the assistant says, or null where the column is not there."""
    name = {"sft": "messages", "preference": "chosen", "stepwise": "completions", "attempts": "text"}[table]
    if name not in frame.columns:
        return pl.lit(None, dtype=pl.UInt32).alias("length")
    said = pl.col(name)
    if table == "stepwise":
        said = said.list.eval(pl.element().str.len_chars()).list.sum()
    elif table == "attempts":
        said = said.str.len_chars()
    else:
        message = pl.element().struct
        own = pl.when(message.field("role") == "assistant").then(message.field("content").str.len_chars())
        said = said.list.eval(own).list.sum()
    return said.cast(pl.UInt32).alias("length")
