"""What did not become a row of a version, as light frames: enough to find a row of the other version in it."""

from dataclasses import dataclass

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.diff.side import Side
from schemas.exceptions import InputError

_COLUMNS = ["stage", "reason", "problem_id", "recipe", "content"]
_SAID = pl.Struct({"variant": pl.String, "parents": pl.List(pl.String)})
_ROW_STAGES = ("filter", "selection")
"""Stages whose `content` is the whole row."""

_ROWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "stage": pl.String,
    "reason": pl.String,
    "problem_id": pl.String,
    "recipe": pl.String,
    "variant": pl.String,
    "parents": pl.List(pl.String),
}


@dataclass(frozen=True)
class DroppedRows:
    """`rows`: those that a filter or the selection took, with `variant` and `parents`. `cases`: problems, and recipes
    of a problem, that failed or were not paid for."""

    rows: pl.DataFrame
    cases: pl.DataFrame


def read_dropped(side: Side) -> DroppedRows:
    """All of `dropped/`; empty where there is none. InputError where a file cannot be read."""
    rows = [pl.DataFrame(schema=_ROWS)]
    cases = [pl.DataFrame(schema=dict.fromkeys(_COLUMNS[:4], pl.String))]
    for path in side.dropped_files:
        try:
            with pq.ParquetFile(path) as file:
                for number in range(file.num_row_groups):
                    group = pl.DataFrame(file.read_row_group(number, columns=_COLUMNS))
                    whole = group.filter(pl.col("stage").is_in(_ROW_STAGES))
                    rows.append(
                        whole.with_columns(pl.col("content").str.json_decode(_SAID)).unnest("content")
                    )
                    cases.append(group.filter(pl.col("stage").is_in(["case", "recipe"])).drop("content"))
        except (pa.ArrowException, pl.exceptions.PolarsError) as error:
            raise InputError(f"{path} cannot be read as a table of dropped rows: {error}") from None
    return DroppedRows(pl.concat(rows), pl.concat(cases))
