"""What the judge promises beyond single verdicts."""

import json
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filters.verify.sql.judge import SqlJudge
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.sentences import SENTENCES
from filters.verify.sql.task import SqlLimits, SqlTask
from schemas.exceptions import ConfigError, InputError
from schemas.verdict import Outcome

BASE: dict[str, Any] = {
    "schema": "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, score DOUBLE)",
    "rows": {"t": [[1, "a", 0.1], [2, "b", 0.2], {"id": 3, "name": "c"}][:2]},
    "query": "SELECT name FROM t",
    "reference": "SELECT name FROM t",
}


def task(**changes: object) -> SqlTask:
    row = {**BASE, **changes}
    return SqlTask.from_row({name: value for name, value in row.items() if value is not None})


@pytest.fixture(scope="module")
def judge() -> Iterator[SqlJudge]:
    with SqlJudge(SqlOptions(workers=2, deadline_s=30)) as judge:
        yield judge


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_all_databases_must_agree(judge: SqlJudge, engine: str) -> None:
    changes: dict[str, Any] = {
        "engine": engine,
        "rows": None,
        "databases": [
            {"rows": BASE["rows"]},
            {"setup": "INSERT INTO t VALUES (7, 'z', NULL), (8, 'z', 1.0)"},
        ],
    }
    report = judge.report(task(query="SELECT DISTINCT name FROM t", **changes))
    assert report.verdict.reason == "wrong_duplicates"
    assert report.feedback is not None
    assert report.feedback.database == 1
    assert judge.report(task(**changes)).verdict.is_right
    none = {**changes, "databases": [{}, {"rows": BASE["rows"]}]}
    assert (judge.report(task(**none)).verdict.reason, judge.report(task(**none)).flags) == ("equal", ())


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_expected_rows_may_be_given_instead_of_a_query(judge: SqlJudge, engine: str) -> None:
    same = task(reference=None, expected=[["b"], ["a"]], engine=engine)
    assert judge.report(same).verdict.reason == "equal"
    assert judge.report(task(reference=None, expected=[["b"]], engine=engine)).verdict.reason == "extra_rows"
    ordered = task(reference=None, expected=[["b"], ["a"]], ordered=True, engine=engine)
    assert judge.report(ordered).verdict.reason == "wrong_order"
    empty = task(reference=None, expected=[], query="SELECT 1 FROM t WHERE id > 9", engine=engine)
    assert judge.report(empty).flags == ("weak",)
    lucky = task(query="SELECT name FROM t LIMIT 1", reference=None, expected=[["a"]], engine=engine)
    assert judge.report(lucky).verdict.reason == "storage_order"


def test_single_floats_are_read_as_they_are_written(judge: SqlJudge) -> None:
    changes = {
        "schema": "CREATE TABLE t (x FLOAT)",
        "rows": {"t": [[0.1], [3.4e38], [None]]},
        "engine": "duckdb",
    }
    report = judge.report(
        task(query="SELECT x FROM t", reference=None, expected=[[0.1], [3.4e38], [None]], **changes)
    )
    assert report.verdict.is_right


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_reference_and_query_run_in_different_processes(engine: str) -> None:
    with SqlJudge(SqlOptions(deadline_s=30)) as judge:
        assert judge.report(task(engine=engine)).verdict.is_right
        assert len(set(judge.pids())) == 2
        first = set(judge.pids())
        judge.report(task(engine=engine, query="SELECT id FROM t"))
        assert set(judge.pids()) == first


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_a_worker_killed_from_outside_is_replaced(judge: SqlJudge, engine: str) -> None:
    assert judge.report(task(engine=engine)).verdict.is_right
    for pid in judge.pids():
        os.kill(pid, signal.SIGKILL)
    assert judge.report(task(engine=engine)).verdict.is_right


def test_threads_share_a_judge_and_reports_keep_their_order(judge: SqlJudge) -> None:
    names = ["name", "id", "score"] * 8
    tasks = [
        task(query=f"SELECT {name} FROM t", engine=("sqlite", "duckdb")[n % 2])
        for n, name in enumerate(names)
    ]
    found: list[list[Outcome]] = []
    threads = [
        threading.Thread(target=lambda: found.append([r.verdict.outcome for r in judge.reports(tasks)]))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[Outcome.RIGHT if name == "name" else Outcome.WRONG for name in names]] * 3


def test_a_tasks_own_limits_hold(judge: SqlJudge) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
    report = judge.report(task(query=endless, limits={"deadline_s": 0.3}))
    assert (report.verdict.outcome, report.verdict.reason) == (Outcome.UNKNOWN, "timeout")
    big = "SELECT length(group_concat(hex(zeroblob(1000000)))) FROM t a, t b"
    assert judge.report(task(query=big, limits={"memory_bytes": 1 << 20})).verdict.reason == "memory"
    assert judge.report(task(query=big)).verdict.is_wrong
    assert judge.report(task(limits={"max_rows": 1})).verdict.reason == "reference_too_many_rows"


def test_a_result_too_large_is_unknown() -> None:
    with SqlJudge(SqlOptions(max_result_bytes=10_000, deadline_s=30)) as judge:
        report = judge.report(task(query="SELECT hex(zeroblob(10000))", reference="SELECT 1"))
        assert (report.verdict.outcome, report.verdict.reason) == (Outcome.UNKNOWN, "result_too_large")


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_a_database_that_cannot_be_built_is_unknown(judge: SqlJudge, engine: str) -> None:
    for changes in (
        {"schema": "CREATE TABEL t (id INT)"},
        {"rows": {"nowhere": [[1]]}},
        {"rows": {"t": [[1, "a", 0.1], [1, "twice", 0.2]]}},
        {"setup": "ATTACH '/tmp/never.db' AS a"},
    ):
        report = judge.report(task(**{"engine": engine, **changes}))
        assert (report.verdict.outcome, report.verdict.reason) == (Outcome.UNKNOWN, "bad_database")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"query": None}, "`query` must be a text, got nothing"),
        ({"query": 5}, "`query` must be a text, got int"),
        ({"reference": None}, "either `reference`"),
        ({"expected": [[1]]}, "not both"),
        ({"reference": None, "expected": [1]}, "`expected` must be a list of rows"),
        ({"reference": None, "expected": [[1], [1, 2]]}, "different lengths"),
        ({"schema": None}, "`schema` is missing"),
        ({"schema": [1]}, "`schema` must be a text or a list of texts"),
        ({"rows": [[1]]}, "`rows` must be an object"),
        ({"rows": {"t": [1]}}, "`rows.t` must be a list of rows"),
        ({"rows": {"t": [[1], {"id": 1}]}}, "mixes lists and objects"),
        ({"engine": "mysql"}, "`engine` must be one of sqlite, duckdb, got 'mysql'"),
        ({"ordered": "yes"}, "`ordered` must be true, false"),
        ({"limits": {"rows": 5}}, "`limits` must be an object with some of deadline_s"),
        ({"limits": {"deadline_s": 0}}, "`limits.deadline_s` must be a number above 0"),
        ({"databases": [{}]}, "not both"),
        ({"rows": None, "databases": []}, "`databases` is empty"),
        ({"rows": None, "databases": [{"schema": ""}]}, "`databases[0]` must be an object"),
    ],
)
def test_a_bad_task_is_refused_by_field(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        task(**changes)
    assert said in str(caught.value)


def test_without_duckdb_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with SqlJudge() as judge, pytest.raises(ConfigError, match=r"corrigenda\[sql\]"):
        judge.report(task(engine="duckdb"))


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_rows_of_all_forms_are_stored_as_written(judge: SqlJudge, engine: str) -> None:
    schema = 'CREATE TABLE "odd ""name" (a INT, "b c" TEXT, d DOUBLE)'
    rows = [{"a": n, "b c": f"'{n}"} if n % 700 else {"d": 0.5, "a": n} for n in range(2500)]
    sums = 'SELECT COUNT(*), COUNT("b c"), COUNT(d), SUM(a), MAX("b c") FROM "odd ""name"'
    made = judge.report(
        task(schema=schema, rows={'odd "name': rows}, query=sums, reference=None, engine=engine,
             expected=[[2500, 2496, 4, 2499 * 1250, "'999"]])
    )  # fmt: skip
    assert made.verdict.is_right, made.feedback


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_keys_references_views_and_indexes_survive_the_reversal(judge: SqlJudge, engine: str) -> None:
    schema = [
        "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
        "CREATE TABLE b (a_id INTEGER NOT NULL REFERENCES a(id), n INTEGER, PRIMARY KEY (a_id, n))",
        "CREATE INDEX i ON b (n)",
        "CREATE VIEW v AS SELECT name, n FROM a JOIN b ON a_id = id",
    ]
    rows = {"a": [[1, "x"], [2, "y"]], "b": [[1, 5], [2, 5], [2, 6]]}
    changes = {"schema": schema, "rows": rows, "engine": engine, "reference": "SELECT name FROM v ORDER BY n"}
    report = judge.report(task(query="SELECT name FROM v ORDER BY n, name", **changes))
    assert (report.verdict.reason, report.flags) == ("ties", ("ties",))
    assert judge.report(task(query="SELECT name FROM v ORDER BY n", **changes)).verdict.is_right


def test_reports_cross_processes(judge: SqlJudge) -> None:
    report = judge.report(task(query="SELECT id FROM t"))
    assert pickle.loads(pickle.dumps(report)) == report


def test_a_closed_judge_says_so() -> None:
    judge = SqlJudge()
    judge.close()
    with pytest.raises(RuntimeError, match="closed"):
        judge.report(task())


def test_the_page_names_every_reason_and_field() -> None:
    page = (Path(__file__).parents[4] / "docs" / "judging-sql.md").read_text(encoding="utf-8")
    assert [reason for reason in SENTENCES if f"`{reason}`" not in page] == []
    named = [*SqlTask.__slots__, "schema", "rows", "setup", *SqlLimits.__slots__]
    assert [name for name in named if f"`{name}`" not in page] == []


def test_every_case_of_the_table_has_a_known_reason() -> None:
    table = json.loads((Path(__file__).parents[3] / "cases" / "sql.json").read_text(encoding="utf-8"))
    reasons = {case["reason"] for case in table["cases"]}
    known = {*SENTENCES, "equal", "equal_empty"}
    assert {
        reason for reason in reasons if reason not in known and not reason.startswith("reference_")
    } == set()
