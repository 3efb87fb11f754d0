"""Judging a file of JSON lines: one line's mistake is written down and does not stop the rest.

The written file has a line for every line that is not blank, in order. A bad one keeps what it held
(its fields, or its text under `raw`) with `verdict` unknown, `reason` `bad_line`, `line` and `error`.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from schemas.exceptions import InputError

Row = dict[str, Any]

DONE, ALL_BAD = 0, 3

BATCH = 500
"""Lines judged before they are written; as many are in memory."""

MAX_REPORTED = 20
"""Bad lines told on standard error; all are in the file."""


class BadLine(ValueError):
    """A line that cannot be judged as it is; the message says why."""


def judge_lines(
    source: Path,
    target: Path,
    verdict: Callable[[Row], Row],
    threads: int,
    summary: Callable[[Counter[str]], str],
) -> int:
    """Write every line of `source` with what `verdict` adds to it; 3 if there was no good line, else 0.

    `verdict` raises BadLine for a row it cannot take. `target` appears when all is done.
    """
    if not source.is_file():
        raise InputError(f"{source} is not a file")
    counts: Counter[str] = Counter()
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with source.open("rb") as lines, partial.open("wb") as file, ThreadPoolExecutor(threads) as pool:
            numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
            for batch in iter(lambda: list(islice(numbered, BATCH)), []):
                for row in _judged(batch, verdict, pool if threads > 1 else None):
                    counts[row["verdict"]] += 1
                    counts["bad"] += _report(row, counts["bad"])
                    file.write(_dumped(row))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    total = counts.total() - counts["bad"]
    print(f"{total} lines: {summary(counts)}; {counts['bad']} bad lines", file=sys.stderr)
    return ALL_BAD if total and counts["bad"] == total else DONE


def _judged(
    batch: list[tuple[int, bytes]], verdict: Callable[[Row], Row], pool: ThreadPoolExecutor | None
) -> Iterator[Row]:
    def one(numbered: tuple[int, bytes]) -> Row:
        return _with_verdict(*numbered, verdict)

    return pool.map(one, batch) if pool is not None else map(one, batch)


def _with_verdict(number: int, line: bytes, verdict: Callable[[Row], Row]) -> Row:
    row: Row = {}
    try:
        row = _row(line)
        return {**row, **verdict(row)}
    except BadLine as error:
        if not row:
            row = {"raw": line.decode("utf-8", "backslashreplace").rstrip("\r\n")}
        bad = {"verdict": "unknown", "reason": "bad_line", "method": "", "seconds": 0.0}
        return {**row, **bad, "line": number, "error": str(error)}


def _row(line: bytes) -> Row:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadLine(f"expected an object, got {type(row).__name__}")
    return row


def _report(row: Row, before: int) -> int:
    if row["reason"] != "bad_line":
        return 0
    if before < MAX_REPORTED:
        print(f"line {row['line']}: {row['error']}", file=sys.stderr)
    return 1


def _dumped(row: Row) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair can be escaped and not encoded
        return json.dumps(row).encode() + b"\n"
