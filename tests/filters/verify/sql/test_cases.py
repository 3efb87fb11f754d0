"""The table of queries, right, wrong and unknown, on both engines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filters.verify.sql.judge import SqlJudge
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.task import ENGINES, SqlTask

TABLE = json.loads((Path(__file__).parents[3] / "cases" / "sql.json").read_text(encoding="utf-8"))
CASES = [
    (engine, case) for case in TABLE["cases"] for engine in ENGINES if case.get("engine", engine) == engine
]


@pytest.fixture(scope="module")
def judges() -> Iterator[dict[str, SqlJudge]]:
    # a busy machine must not turn a verdict into a timeout
    with (
        SqlJudge(SqlOptions(deadline_s=30)) as order,
        SqlJudge(SqlOptions(deadline_s=30, columns="any")) as any_,
    ):
        yield {"order": order, "any": any_}


@pytest.mark.parametrize(("engine", "case"), CASES, ids=lambda v: v["source"] if isinstance(v, dict) else v)
def test_a_verdict_is_what_the_table_says(
    judges: dict[str, SqlJudge], engine: str, case: dict[str, Any]
) -> None:
    task = SqlTask.from_row({**TABLE["database"], **case, "engine": engine})
    report = judges[case.get("columns", "order")].report(task)
    assert (str(report.verdict.outcome), report.verdict.reason) == (case["outcome"], case["reason"]), (
        report.feedback
    )
    assert set(case.get("flags", [])) <= set(report.flags)
    assert (report.feedback is None) == report.verdict.is_right
    assert report.feedback is None or report.feedback.kind == case["reason"]
    json.dumps(report.as_row(), allow_nan=False)
