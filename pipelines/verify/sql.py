"""`corrigenda verify sql`: judges the queries of a file by their results.

    {"query": "SELECT ...", "reference": "SELECT ...", "schema": "CREATE TABLE ...", "rows": {...}}
 -> {..., "verdict": "wrong", "reason": "wrong_rows", "feedback": [...], "flags": [], "isolation": "process",
     "seconds": 0.01}

What a row may hold stands in `filters/verify/sql/task.py`.
"""

from collections.abc import Iterator
from pathlib import Path

from filters.verify.sql.judge import SqlJudge
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.query_text import query_in
from filters.verify.sql.task import SqlTask
from pipelines.lines import Fields, work_lines

_BLANK: Fields = {"verdict": "unknown", "feedback": [], "flags": [], "isolation": None, "seconds": 0.0}


def verify_sql(
    source: Path, target: Path, options: SqlOptions | None = None, *, from_reply: bool = False
) -> int:
    """Judge a file; the command's exit code. With `from_reply`, `query` is a model's reply that holds it."""
    with SqlJudge(options or SqlOptions()) as judge:

        def judged(tasks: list[SqlTask]) -> Iterator[Fields]:
            return (report.as_row() for report in judge.reports(tasks))

        def read(row: Fields) -> SqlTask:
            query = row.get("query")
            if from_reply and isinstance(query, str):
                row = {**row, "query": query_in(query)}
            return SqlTask.from_row(row)

        return work_lines(source, target, read, judged, _BLANK)
