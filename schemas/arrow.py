"""One explicit Arrow schema per table. Written even where a column is empty or all null.

A change of any schema changes FORMAT_VERSION and gets a line in CHANGELOG.md and docs/format.md.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

FORMAT_VERSION = "2"

ROW_TABLES = ("sft", "preference", "stepwise")
TABLES = (*ROW_TABLES, "attempts")
"""The Hub configs, in the order of the card."""

_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_SPANS = pa.list_(
    pa.struct(
        [
            ("message", pa.int32()),
            ("field", pa.string()),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("kind", pa.string()),
            ("weight", pa.float32()),
        ]
    )
)
_LINEAGE = [
    ("id", pa.string()),
    ("problem_id", pa.string()),
    ("recipe", pa.string()),
    ("variant", pa.string()),
    ("error_kind", pa.string()),
    ("origin", pa.string()),
    ("parents", pa.list_(pa.string())),
    ("policy", pa.string()),
    ("teacher", pa.string()),
    ("verified_by", pa.string()),
    ("located_by", pa.string()),
    ("written_by", pa.string()),
    ("source", pa.string()),
    ("licence", pa.string()),
]
_COLUMNS: Mapping[str, list[tuple[str, Any]]] = {
    "sft": [*_LINEAGE, ("messages", _MESSAGES), ("spans", _SPANS)],
    "preference": [
        *_LINEAGE,
        ("prompt", _MESSAGES),
        ("chosen", _MESSAGES),
        ("rejected", _MESSAGES),
        ("chosen_spans", _SPANS),
        ("rejected_spans", _SPANS),
        ("shared_prefix", pa.int32()),
    ],
    "stepwise": [
        *_LINEAGE,
        ("prompt", pa.string()),
        ("completions", pa.list_(pa.string())),
        ("labels", pa.list_(pa.bool_())),
        ("values", pa.list_(pa.float32())),
        ("value_samples", pa.list_(pa.int32())),
        ("first_error", pa.int32()),
    ],
    "attempts": [
        *_LINEAGE,
        ("prompt", _MESSAGES),
        ("answer", pa.string()),
        ("model", pa.string()),
        ("index", pa.int32()),
        ("text", pa.string()),
        ("steps", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))),
        ("first_error", pa.int32()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("evidence", pa.string()),
        ("pass_rate", pa.float32()),
        ("decided", pa.int32()),
        ("finish", pa.string()),
        ("tokens", pa.int32()),
        ("logprob", pa.float32()),
        ("token_logprobs", pa.list_(pa.float32())),
        ("token_entropies", pa.list_(pa.float32())),
        ("sampling", pa.string()),
    ],
    "dropped": [
        ("stage", pa.string()),
        ("reason", pa.string()),
        ("problem_id", pa.string()),
        ("recipe", pa.string()),
        ("where", pa.string()),
        ("detail", pa.string()),
        ("content", pa.string()),
    ],
}

LOW_CARDINALITY: Mapping[str, tuple[str, ...]] = {
    "recipe": ("recipe",),
    "variant": ("variant",),
    "error_kind": ("error_kind",),
    "origin": ("origin",),
    "policy": ("policy",),
    "teacher": ("teacher",),
    "verified_by": ("verified_by",),
    "located_by": ("located_by",),
    "written_by": ("written_by",),
    "source": ("source",),
    "licence": ("licence",),
    "model": ("model",),
    "verdict": ("verdict",),
    "reason": ("reason",),
    "finish": ("finish",),
    "sampling": ("sampling",),
    "stage": ("stage",),
    "messages": ("messages.list.element.role",),
    "prompt": ("prompt.list.element.role",),
    "chosen": ("chosen.list.element.role",),
    "rejected": ("rejected.list.element.role",),
    "spans": ("spans.list.element.kind", "spans.list.element.field"),
}
"""Parquet leaves worth a dictionary. A dictionary on text columns costs half the write and read
speed and saves nothing (measured: docs/log.md)."""


def schema(table: str) -> pa.Schema:
    """Arrow schema of one table, with the format version in its metadata."""
    fields = [pa.field(name, kind) for name, kind in _COLUMNS[table]]
    return pa.schema(fields, metadata={"corrigenda_format": FORMAT_VERSION})


def dictionary_leaves(table: str) -> list[str]:
    """Parquet leaf paths of a table that are written with a dictionary."""
    leaves: list[str] = []
    for name, kind in _COLUMNS[table]:
        if name in LOW_CARDINALITY and (pa.types.is_nested(kind) == ("." in LOW_CARDINALITY[name][0])):
            leaves += LOW_CARDINALITY[name]
    return leaves


def statistics_leaves(table: str) -> list[str]:
    """Parquet leaf paths of a table whose least and greatest values are written.

    Only of what comes in the order of the rows do readers pass over row groups by them; of texts and hashes they
    help nobody, change with every row, and are a tenth of a small file.
    """
    return [name for name, _ in _COLUMNS[table] if name in ("problem_id", "source")]


def to_table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as an Arrow table of the explicit schema; a missing or surplus column is a KeyError."""
    names = [name for name, _ in _COLUMNS[table]]
    for row in rows:
        if row.keys() != set(names):
            raise KeyError(f"{table}: columns differ by {sorted(row.keys() ^ set(names))}")
    return pa.Table.from_pylist(rows, schema=schema(table))
