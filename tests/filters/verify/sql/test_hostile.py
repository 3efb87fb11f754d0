"""Hostile statements change nothing, make no file, are never right, and the next query is judged as before."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from filters.verify.sql.judge import SqlJudge
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.task import SqlTask
from tests.filters.verify.sql.hostile import DUCKDB, SHARED, SQLITE

MIB = 1 << 20
SCHEMA = {
    "sqlite": "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
    "duckdb": "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); CREATE SEQUENCE numbers",
}
ROWS = {"t": [[n, chr(96 + n)] for n in range(1, 6)]}
ALL = [(engine, sql) for engine, own in (("sqlite", SQLITE), ("duckdb", DUCKDB)) for sql in (*SHARED, *own)]
EVERYTHING = {
    "sqlite": "SELECT (SELECT group_concat(id || name) FROM t), COUNT(*), (SELECT COUNT(*) FROM sqlite_master) FROM t",
    "duckdb": "SELECT (SELECT string_agg(id || name) FROM t), COUNT(*), (SELECT COUNT(*) FROM duckdb_tables()),"
    " current_setting('enable_external_access'), current_setting('memory_limit') FROM t",
}
UNCHANGED = {"sqlite": [["1a2b3c4d5e", 5, 1]], "duckdb": [["1a,2b,3c,4d,5e", 5, 1, False, "64.0 MiB"]]}
UNCHANGED["sqlite"][0][0] = "1a,2b,3c,4d,5e"


@pytest.fixture(scope="module")
def judge() -> Iterator[SqlJudge]:
    with SqlJudge(SqlOptions(deadline_s=0.5, memory_bytes=64 * MIB, scan_check=False)) as judge:
        yield judge


def task(engine: str, query: str, expected: list[list[object]]) -> SqlTask:
    return SqlTask.from_row(
        {"query": query, "expected": expected, "schema": SCHEMA[engine], "rows": ROWS, "engine": engine}
    )


@pytest.mark.parametrize(("engine", "sql"), ALL, ids=lambda v: v[:60].encode("ascii", "replace").decode())
def test_a_hostile_statement_does_no_harm(judge: SqlJudge, tmp_path: Path, engine: str, sql: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret\n", encoding="utf-8")
    report = judge.report(task(engine, sql.replace("{folder}", str(tmp_path)), [["secret"]]))
    assert not report.verdict.is_right
    assert "secret\n" not in str(report.feedback)
    assert report.seconds < 30
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    # a machine that is busy may let one ordinary query run late: that is a timeout, and not a wrong result
    for _ in range(3):
        after = judge.report(task(engine, EVERYTHING[engine], UNCHANGED[engine]))
        if after.verdict.reason != "timeout":
            break
    assert after.verdict.is_right, after.feedback


def test_no_process_is_left() -> None:
    judge = SqlJudge(SqlOptions(deadline_s=0.5))
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
    pids = set()
    for engine in SCHEMA:
        assert judge.report(task(engine, endless, [[1]])).verdict.reason in ("timeout", "memory")
        judge.report(task(engine, "SELECT 1", [[1]]))
        pids |= set(judge.pids())
    judge.close()
    assert pids
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists() or _alive(pid)] == []


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_can_open_nothing_and_knows_nothing_of_our_environment(
    judge: SqlJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TOKEN", "hush")
    with SqlJudge(SqlOptions(deadline_s=20)) as fresh:
        assert fresh.report(task("sqlite", "SELECT 1", [[1]])).verdict.is_right
        (pid,) = fresh.pids()
        assert b"hush" not in Path(f"/proc/{pid}/environ").read_bytes()
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        soft = int(next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[3])
        held = {int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()}
        assert set(range(soft)) <= held
        assert next(line for line in limits.splitlines() if "Max file size" in line).split()[3] == "0"
