"""Judge SQL queries from a file of JSON lines; each row comes back with the judge's report beside it."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TextIO

from filters.verify.sql.judge import SqlJudge
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.task import SqlTask
from generators.rows import Row, expand, read_rows
from schemas.dropped import Dropped
from schemas.exceptions import InputError

CHUNK = 64
"""Rows judged at a time by each worker; what is judged is written at once."""

_STAGE = "verify"


def verify_sql(source: Path, target: Path, options: SqlOptions | None = None) -> int:
    """Judge the rows of `source` (.jsonl, .jsonl.gz, .jsonl.zst, .parquet) into JSON lines at `target`.

    Each row keeps its columns and gets `verdict`, `reason`, `feedback`, `flags`, `isolation`, `seconds`. A
    bad line is reported on standard error with its number and left out. Counts are reported at the end.
    Returns 0; InputError where the source is unusable as a whole.
    """
    path = expand([str(source)])[0]
    options = options or SqlOptions()
    counts: Counter[str] = Counter()
    partial = target.with_name(f".{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    with SqlJudge(options) as judge, partial.open("w", encoding="utf-8") as out:
        good = _good(path, counts)
        while chunk := list(islice(good, CHUNK * options.workers)):
            _judge(judge, chunk, counts, out)
    partial.replace(target)
    names = ("right", "wrong", "unknown", "bad lines")
    print(", ".join(f"{counts[name]} {name}" for name in names), file=sys.stderr)
    return 0


def _good(path: str, counts: Counter[str]) -> Iterator[tuple[Mapping[str, object], SqlTask]]:
    with closing(read_rows(path, _STAGE)) as rows:
        for row in rows:
            task = _task(row)
            if isinstance(task, SqlTask) and isinstance(row, Row):
                yield row.values, task
            else:
                counts["bad lines"] += 1
                print(f"corrigenda: {row.where}: {task}", file=sys.stderr)


def _task(row: Row | Dropped) -> SqlTask | str:
    """The task of a row, or what is wrong with it."""
    if isinstance(row, Dropped):
        return f"{row.reason}{': ' if row.detail else ''}{row.detail}"
    try:
        return SqlTask.from_row(row.values)
    except InputError as error:
        return str(error)


def _judge(
    judge: SqlJudge,
    chunk: list[tuple[Mapping[str, object], SqlTask]],
    counts: Counter[str],
    out: TextIO,
) -> None:
    reports = judge.reports([task for _, task in chunk])
    for (values, _), report in zip(chunk, reports, strict=True):
        counts[str(report.verdict.outcome)] += 1
        out.write(json.dumps({**values, **report.as_row()}, ensure_ascii=False, default=str) + "\n")
