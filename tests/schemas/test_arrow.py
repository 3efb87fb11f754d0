"""Tables have one explicit schema, whatever the rows."""

import pyarrow as pa
import pytest

from schemas.arrow import FORMAT_VERSION, TABLES, dictionary_leaves, schema, to_table

EVERYWHERE = {
    "id",
    "problem_id",
    "recipe",
    "error_kind",
    "origin",
    "parents",
    "policy",
    "verified_by",
    "licence",
}
OWN = {
    "sft": {"messages", "spans"},
    "preference": {"prompt", "chosen", "rejected", "chosen_spans", "rejected_spans", "shared_prefix"},
    "stepwise": {"prompt", "completions", "labels", "values", "first_error"},
    "attempts": {"problem_id", "model", "text", "steps", "verdict", "reason", "pass_rate"},
}


@pytest.mark.parametrize("table", TABLES)
def test_the_promised_columns_are_there(table: str) -> None:
    assert set(schema(table).names) >= EVERYWHERE | OWN[table]


@pytest.mark.parametrize("table", (*TABLES, "dropped"))
def test_an_empty_table_has_the_whole_schema(table: str) -> None:
    empty = to_table(table, [])
    assert empty.schema.equals(schema(table), check_metadata=True)
    assert empty.schema.metadata[b"corrigenda_format"] == FORMAT_VERSION.encode()


def test_a_column_of_nulls_keeps_its_type() -> None:
    row = dict.fromkeys(schema("stepwise").names)
    assert to_table("stepwise", [row]).schema.field("values").type == pa.list_(pa.float32())


def test_a_missing_or_surplus_column_is_an_error() -> None:
    with pytest.raises(KeyError, match="where"):
        to_table("dropped", [{"stage": "filter", "reason": "leak"}])


@pytest.mark.parametrize("table", (*TABLES, "dropped"))
def test_dictionaries_name_real_leaves(table: str) -> None:
    assert {leaf.split(".")[0] for leaf in dictionary_leaves(table)} <= set(schema(table).names)
