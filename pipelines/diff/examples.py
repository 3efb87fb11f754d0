"""A few rows of every kind of change, with what differs in their text. The only part that reads whole rows."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.diff.difference import Change, Example
from pipelines.diff.side import Side
from pipelines.show import render_row

_LINES = 24
"""Most lines of an example: what differs stands near the beginning of a diff."""

_WIDTH = 300  # characters of a line

_AS_TEXT = {
    "messages", "spans", "prompt", "chosen", "rejected", "chosen_spans", "rejected_spans", "completions", "labels",
    "values", "text", "steps", "first_error", "verdict", "reason", "evidence", "pass_rate",
}  # fmt: skip
"""Columns that the text of a row shows."""

Picked = list[tuple[Change, str, str, dict[str, Any]]]
"""Change, table, reason and the row of `pipelines.diff.explained` that was picked."""


def pick(change: Change, table: str, rows: pl.DataFrame, count: int) -> Picked:
    """`count` rows of every reason, each of another recipe as long as there are any."""
    picked: Picked = []
    for reason in sorted(rows["reason"].unique()):
        mine = rows.filter(pl.col("reason") == reason)
        turn = pl.int_range(pl.len()).over("recipe").alias("turn")
        mine = mine.with_row_index("at").with_columns(turn).sort("turn", "at").head(count)
        picked += [(change, table, reason, row) for row in mine.iter_rows(named=True)]
    return picked


def limited(picked: Picked, count: int) -> Picked:
    """At most `count` of each change and reason, over all tables."""
    seen: dict[tuple[str, str], int] = {}
    kept: Picked = []
    for change, table, reason, row in picked:
        seen[change, reason] = seen.get((change, reason), 0) + 1
        if seen[change, reason] <= count:
            kept.append((change, table, reason, row))
    return kept


def examples(picked: Picked, a: Side, b: Side) -> tuple[Example, ...]:
    """The picked rows as text."""
    wanted: dict[tuple[str, str], list[int]] = {}
    for change, table, _, row in picked:
        for side, place in _places(change, row).items():
            wanted.setdefault((side, table), []).append(place)
    whole = {
        (name, table): _rows(a if name == "a" else b, table, sorted({*places}))
        for (name, table), places in wanted.items()
    }
    made = []
    for change, table, reason, row in picked:
        rows = {name: whole[name, table][place] for name, place in _places(change, row).items()}
        columns = tuple(row["columns"].split()) if change == "changed" else ()
        made.append(
            Example(
                change=change, reason=reason, table=table, recipe=row["recipe"], variant=row["variant"],
                problem_id=row["problem_id"],
                id_a=rows["a"]["id"] if "a" in rows else "", id_b=rows["b"]["id"] if "b" in rows else "",
                columns=columns, text=_text(table, rows, columns),
            )
        )  # fmt: skip
    return tuple(made)


def _places(change: Change, row: dict[str, Any]) -> dict[str, int]:
    if change == "changed":
        return {"a": row["place_a"], "b": row["place_b"]}
    return {"b" if change == "added" else "a": row["place"]}


def _rows(side: Side, table: str, places: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Whole rows by their place in the table; only the row groups they are in are read."""
    found: dict[int, dict[str, Any]] = {}
    start = 0
    for entry in side.manifest.files:
        if entry.table != table:
            continue
        with pq.ParquetFile(side.folder / entry.path) as file:
            for number in range(file.num_row_groups):
                size = file.metadata.row_group(number).num_rows
                here = [place for place in places if start <= place < start + size]
                if here:
                    group: pa.Table = file.read_row_group(number)
                    taken = group.take([place - start for place in here]).to_pylist()
                    split = {"split": entry.split}
                    found.update({at: {**row, **split} for at, row in zip(here, taken, strict=True)})
                start += size
    return found


def _text(table: str, rows: dict[str, dict[str, Any]], columns: Sequence[str]) -> str:
    """What differs: short columns as `name: was -> is`, then a diff of the rows as `corrigenda show` prints them."""
    lines = [
        f"{name}: {rows['a'].get(name)} -> {rows['b'].get(name)}" for name in columns if name not in _AS_TEXT
    ]
    if len(rows) == 1:
        lines += [line for row in rows.values() for line in _shown(table, row)]
    elif _AS_TEXT & {*columns}:
        lines += [line for line in _diffed(table, rows) if line[:3] not in ("---", "+++", "@@ ")]
    lines = [line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…" for line in lines]
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], f"… {len(lines) - _LINES} more lines"]
    return "\n".join(lines)


def _diffed(table: str, rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    return difflib.unified_diff(_shown(table, rows["a"]), _shown(table, rows["b"]), n=1, lineterm="")


def _shown(table: str, row: dict[str, Any]) -> list[str]:
    try:
        return render_row(table, row, labels=True).plain.rstrip().split("\n")
    except (KeyError, TypeError):  # a row of another version of the format
        return [f"{name}: {value}" for name, value in row.items() if name in _AS_TEXT]
