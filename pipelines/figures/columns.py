"""A dataset's columns without its texts: lineage, lengths and verdicts of every row, read once.

Row group by row group: what is held is some 200 bytes a row however long the texts are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from schemas.arrow import ROW_TABLES, TABLES
from schemas.manifest import DataFile, Manifest

_LINEAGE = (
    "id", "problem_id", "recipe", "variant", "error_kind", "origin", "policy", "teacher",
    "verified_by", "located_by", "written_by", "source", "licence",
)  # fmt: skip
_OWN = {
    "attempts": ("model", "verdict", "reason", "finish", "pass_rate", "decided", "first_error", "tokens"),
    "stepwise": ("first_error",),
}


@dataclass(frozen=True)
class Columns:
    """Tables by name. Every frame has the lineage, `split`, `place` (row of the table, in file order), `chars` (of
    the assistant's texts, both sides of a pair), and

        sft, preference   learnt, masked (characters), replies (assistant messages), twice (whether one follows
                          another at once), learns_mistake (whether a mistake bears loss), weighted
                          (whether a weight is neither 0 nor 1)
        stepwise          steps, first_error
        attempts          steps, first_error, verdict, reason, model, finish, pass_rate, decided, tokens
    """

    frames: Mapping[str, pl.DataFrame]
    bytes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Bytes in memory as Arrow, by table and split: the Hub's `num_bytes`."""

    def rows(self) -> pl.DataFrame:
        """The examples of all tables, with the column `table`; step labels mask nothing."""
        parts = [
            frame.select(
                *_LINEAGE,
                "split",
                "place",
                "chars",
                masked=pl.col("masked") if "masked" in frame.columns else pl.lit(0, pl.Int64),
                table=pl.lit(table),
            )
            for table, frame in self.frames.items()
            if table in ROW_TABLES
        ]
        return pl.concat(parts) if parts else _empty().with_columns(table=pl.lit(""))

    @property
    def attempts(self) -> pl.DataFrame:
        """Every attempt."""
        return self.frames["attempts"]


def read_columns(out: Path, manifest: Manifest) -> Columns:
    """The columns of a dataset whose shards are written."""
    parts: dict[str, list[pl.DataFrame]] = {}
    sizes: Counter[tuple[str, str]] = Counter()
    for table in TABLES:
        for file in (f for f in manifest.files if f.table == table):
            for frame, size in _groups(out, file):
                parts.setdefault(table, []).append(frame)
                sizes[table, file.split] += size
    frames = {table: pl.concat(found).with_row_index("place") for table, found in parts.items()}
    return Columns(frames, sizes)


def _groups(out: Path, file: DataFile) -> Iterator[tuple[pl.DataFrame, int]]:
    with pq.ParquetFile(out / file.path) as parquet:
        for number in range(parquet.num_row_groups):
            group = parquet.read_row_group(number)
            frame = pl.DataFrame(group.select(_needed(file.table)))
            kept = [*_LINEAGE, *_OWN.get(file.table, ())]
            yield frame.select(*kept, *_measured(file.table), split=pl.lit(file.split)), group.nbytes
        if not parquet.num_row_groups:  # a table without any row has no group either
            frame = pl.DataFrame(parquet.schema_arrow.empty_table().select(_needed(file.table)))
            kept = [*_LINEAGE, *_OWN.get(file.table, ())]
            yield frame.select(*kept, *_measured(file.table), split=pl.lit(file.split)), 0


def _needed(table: str) -> list[str]:
    texts = {
        "sft": ("messages", "spans"),
        "preference": ("chosen", "rejected", "chosen_spans", "rejected_spans"),
        "stepwise": ("completions",),
        "attempts": ("text", "steps"),
    }
    return [*_LINEAGE, *_OWN.get(table, ()), *texts[table]]


def _measured(table: str) -> list[pl.Expr]:
    if table == "stepwise":
        said = pl.col("completions").list.eval(pl.element().str.len_chars()).list.sum()
        return [said.cast(pl.Int64).alias("chars"), pl.col("completions").list.len().alias("steps")]
    if table == "attempts":
        said = pl.col("text").str.len_chars().cast(pl.Int64)
        return [said.alias("chars"), pl.col("steps").list.len().alias("steps")]
    sides = (
        [("messages", "spans")]
        if table == "sft"
        else [("chosen", "chosen_spans"), ("rejected", "rejected_spans")]
    )
    learnt = pl.sum_horizontal(_spanned(spans, masked=False) for _, spans in sides)
    masked = pl.sum_horizontal(_spanned(spans, masked=True) for _, spans in sides)
    messages, spans = sides[0]
    field = pl.element().struct.field
    wrong = pl.col(spans).list.eval((field("kind") == "mistake") & (field("weight") > 0)).list.any()
    return [
        (learnt + masked).alias("chars"),
        learnt.alias("learnt"),
        masked.alias("masked"),
        pl.col(messages).list.eval(_spoken()).list.sum().alias("replies"),
        pl.col(messages).list.eval(_spoken() & _spoken().shift(1)).list.any().fill_null(False).alias("twice"),
        wrong.fill_null(False).alias("learns_mistake"),
        pl.col(spans)
        .list.eval((field("weight") != 0) & (field("weight") != 1))
        .list.any()
        .fill_null(False)
        .alias("weighted"),
    ]


def _spanned(spans: str, masked: bool) -> pl.Expr:
    """Characters of a column of spans that bear no loss, or some."""
    field = pl.element().struct.field
    length = pl.when((field("weight") == 0) == masked).then(field("end") - field("start")).otherwise(0)
    return pl.col(spans).list.eval(length).list.sum().cast(pl.Int64)


def _spoken() -> pl.Expr:
    return pl.element().struct.field("role") == "assistant"


def _empty() -> pl.DataFrame:
    texts = dict.fromkeys((*_LINEAGE, "split"), pl.String)
    return pl.DataFrame(schema={**texts, "place": pl.UInt32, "chars": pl.Int64, "masked": pl.Int64})
