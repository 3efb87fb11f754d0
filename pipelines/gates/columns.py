"""Some columns of a dataset's tables as one polars frame: what counting gates need, never whole rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.gates.base import Examined

if TYPE_CHECKING:
    import polars as pl


def columns(dataset: Examined, tables: Sequence[str], names: Sequence[str]) -> "pl.DataFrame":
    """Rows of the tables with these columns of text and, in `table`, the table's name."""
    import polars as pl

    parts = [
        pl.read_parquet(path, columns=list(names)).with_columns(pl.lit(table).alias("table"))
        for table in tables
        for path in dataset.files(table)
    ]
    empty = pl.DataFrame(schema=dict.fromkeys([*names, "table"], pl.String))
    return pl.concat([empty, *parts])
