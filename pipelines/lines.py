"""Working on a file line by line: one line's mistake is written down and does not stop the rest.

The written file has a row for every line that is not blank, in order. A bad one keeps what it held
(its fields, or its text under `raw`) with empty results, `reason` `bad_line`, `line` and `error`.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from generators.rows import Row, read_rows
from schemas.dropped import Dropped
from schemas.exceptions import InputError, RecordError

Fields = dict[str, Any]
Asked = TypeVar("Asked")

DONE, ALL_BAD = 0, 3

BATCH = 256
"""Lines judged before they are written: enough to keep every worker busy, few enough to hold."""

MAX_REPORTED = 20
"""Bad lines told on standard error; all are in the file."""


def work_lines(
    source: Path,
    target: Path,
    read: Callable[[Fields], Asked],
    work: Callable[[list[Asked]], Iterable[Fields]],
    blank: Fields,
    *,
    batch: int | None = BATCH,
    by: str = "verdict",
    words: Sequence[str] = ("right", "wrong", "unknown"),
) -> int:
    """Write every line of `source` with what `work` adds to it; 3 if there was no good line, else 0.

    `read` raises RecordError or InputError for a line that cannot be used; `work` gives one set of fields
    for each of a batch, in order; `blank` are those fields for a bad line; a `batch` of None is the whole
    file. Rows are counted and told by the field `by`, in the order of `words` (none: whatever occurs).
    `target` appears when all is done. InputError where `source` is no file or is `target`.
    """
    if not source.is_file():
        raise InputError(f"there is no file {source}: give --in a file with one JSON object a line")
    if source.resolve() == target.resolve():
        raise InputError(f"--out is the file that is read, {source}: name another one")
    if target.exists() and not target.is_file():
        # the written file takes the place of what is there: a user allowed to would lose /dev/null
        raise InputError(f"--out {target} is no regular file: name a new file or one to be replaced")
    counts: Counter[str] = Counter()
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(read_rows(str(source), "verify")) as rows, partial.open("wb") as file:
            while taken := list(islice(rows, batch)):
                for row in _worked(taken, read, work, blank):
                    bad = row.get("reason") == "bad_line"
                    counts["bad" if bad else str(row[by] or "none")] += 1
                    if bad and counts["bad"] <= MAX_REPORTED:
                        print(f"line {row['line']}: {row['error']}", file=sys.stderr)
                    file.write(_dumped(row))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    words = words or sorted(counts.keys() - {"bad"})
    told = ", ".join(f"{counts[word]} {word}" for word in (*words, "bad"))
    print(f"{counts.total()} lines: {told} -> {target}", file=sys.stderr)
    return ALL_BAD if counts["bad"] and counts["bad"] == counts.total() else DONE


def _worked(
    batch: list[Row | Dropped],
    read: Callable[[Fields], Asked],
    work: Callable[[list[Asked]], Iterable[Fields]],
    blank: Fields,
) -> Iterator[Fields]:
    asked: list[Asked] = []
    rows: list[tuple[Fields, bool]] = []
    for row in batch:
        if isinstance(row, Dropped):
            rows.append((_bad({"raw": row.content}, row.where, _why(row), blank), False))
            continue
        try:
            asked.append(read(dict(row.values)))
            rows.append((dict(row.values), True))
        except (RecordError, InputError) as error:
            rows.append((_bad(dict(row.values), row.where, str(error), blank), False))
    added = iter(work(asked))
    for values, good in rows:
        yield {**values, **next(added)} if good else values


def _why(dropped: Dropped) -> str:
    return f"{dropped.reason}: {dropped.detail}".rstrip(": ")


def _bad(values: Fields, where: str, why: str, blank: Fields) -> Fields:
    number = where.rpartition(":")[2]
    line = int(number) if number.isdigit() else None
    return {**values, **blank, "reason": "bad_line", "line": line, "error": why}


def _dumped(row: Fields) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair can be escaped and not encoded
        return json.dumps(row, default=str).encode() + b"\n"
