"""SQLite's authorizer alone stops what is not reading, whatever the other layers would do."""

import json

import pytest

from filters.verify.sql.reply import RunError, RunRequest
from filters.verify.sql.sqlite_engine import SqliteEngine

DATABASE = json.dumps([["CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"], {"t": [[1, "a"], [2, "b"]]}])


def request(query: str, reverse: bool = False) -> RunRequest:
    return RunRequest(DATABASE, query, deadline_s=20, memory_bytes=1 << 26, max_rows=10, reverse=reverse)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM t",
        "INSERT INTO t VALUES (3, 'c')",
        "UPDATE t SET name = 'x'",
        "DROP TABLE t",
        "CREATE TABLE u (a)",
        "CREATE TEMP TABLE u (a)",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "ATTACH ':memory:' AS a",
        "VACUUM INTO '/nowhere/x'",
        "BEGIN",
        "SAVEPOINT s",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple')",
        "SELECT * FROM pragma_table_info('t')",
    ],
)
def test_the_authorizer_refuses(sql: str) -> None:
    with pytest.raises(RunError, match=r"not authorized|authorization denied") as caught:
        SqliteEngine().run(request(sql))
    assert caught.value.reason in ("not_a_query", "forbidden")


def test_reading_functions_and_table_functions_are_allowed() -> None:
    engine = SqliteEngine()
    sql = "SELECT upper(name), value FROM t, json_each('[5]') WHERE t.id IN (SELECT MAX(id) FROM t)"
    assert engine.run(request(sql))["rows"] == [["B", 5]]
    assert engine.run(request("SELECT id FROM t", reverse=True))["rows"] == [[2], [1]]
    assert engine.run(request("SELECT sql FROM sqlite_master"))["columns"] == 1


def test_bytes_that_are_no_text_are_no_error() -> None:
    engine = SqliteEngine()
    rows = engine.run(request("SELECT CAST(x'61ff' AS TEXT), x'61ff'"))["rows"]
    assert rows == [["a\udcff", {"b": "Yf8="}]]
