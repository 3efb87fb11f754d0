"""Queries from a file: every good line is judged, every bad one is named."""

import json
from pathlib import Path

import pytest

from filters.verify.sql.options import SqlOptions
from pipelines.verify.sql import verify_sql
from schemas.exceptions import InputError

OPTIONS = SqlOptions(deadline_s=30)


def line(**changes: object) -> str:
    row = {
        "id": "x",
        "query": "SELECT a FROM t",
        "reference": "SELECT a FROM t",
        "schema": "CREATE TABLE t (a INT)",
    }
    return json.dumps({**row, "rows": {"t": [[1], [2]]}, **changes})


def test_bad_lines_are_named_and_do_not_stop_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "new" / "out.jsonl"
    lines = [
        line(),
        "{",
        line(query=3),
        line(query="SELECT a + 1 FROM t"),
        "[1]",
        line(engine="duckdb", query="SELECT"),
    ]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert verify_sql(source, target, OPTIONS) == 0
    made = [json.loads(one) for one in target.read_text(encoding="utf-8").splitlines()]
    assert [(row["verdict"], row["reason"]) for row in made] == [
        ("right", "equal"),
        ("unknown", "bad_line"),
        ("unknown", "bad_line"),
        ("wrong", "wrong_rows"),
        ("unknown", "bad_line"),
        ("wrong", "syntax_error"),
    ]
    assert [row["line"] for row in made if row["reason"] == "bad_line"] == [2, 3, 5]
    made = [row for row in made if row["reason"] != "bad_line"]
    assert made[0]["id"] == "x"
    assert made[0]["feedback"] is None
    assert made[1]["feedback"] | {"message": ""} == {
        "kind": "wrong_rows", "message": "", "row": 1, "column": 0, "expected": [1], "got": [3], "database": 0,
    }  # fmt: skip
    assert all(row["isolation"] and row["seconds"] > 0 for row in made)
    told = capsys.readouterr().err.splitlines()
    assert [one.split(": ")[0] for one in told[:-1]] == ["line 2", "line 3", "line 5"]
    assert told[-1].startswith("6 lines: 1 right, 2 wrong, 0 unknown, 3 bad")
    assert [path.name for path in target.parent.iterdir()] == ["out.jsonl"]


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        verify_sql(tmp_path / "in.jsonl", tmp_path / "out.jsonl")


def test_queries_are_found_in_replies(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    reply = "First ```python\nprint()\n``` then\n```sql\nSELECT a FROM t\n```\nDone."
    source.write_text("\n".join([line(query=reply), line()]), encoding="utf-8")
    assert verify_sql(source, target, OPTIONS, from_reply=True) == 0
    made = [json.loads(one) for one in target.read_text(encoding="utf-8").splitlines()]
    assert [row["verdict"] for row in made] == ["right", "right"]
    assert made[0]["query"] == reply
