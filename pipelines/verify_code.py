"""`corrigenda verify code`: judges the programs of a JSON Lines file by the tests beside them.

A row needs `program` and `tests`; it may have `hidden_tests`, `test_imports`, `entry_point`, `reference`.
It is written back with `verdict`, `reason`, `passed`, `feedback`, `isolation`, `strength`, `flags`, `seconds`.
With a `reference`, `mutant_score` says which share of its mutants the tests kill.
A row that cannot be judged gets `verdict` unknown, `reason` `bad_row` and its number in `error`.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from filters.verify.code.job import Level
from filters.verify.code.judge import ProgramJudge
from filters.verify.code.options import ProgramOptions
from filters.verify.code.plain import PlainSandbox
from filters.verify.code.program_text import program_in
from filters.verify.code.quality import mutant_scores
from filters.verify.code.sandbox import Sandbox
from filters.verify.code.task import ProgramTask, task_of
from generators.rows import Row, read_rows
from schemas.dropped import Dropped
from schemas.exceptions import ConfigError, InputError, RecordError

STAGE = "verify"
BATCH = 256
"""Rows judged together: enough to keep every slot busy, few enough to hold in memory."""


def verify_code(
    source: Path,
    target: Path,
    minimum: Level = "seccomp",
    options: ProgramOptions | None = None,
    *,
    sandbox: Sandbox | None = None,
    from_reply: bool = False,
) -> int:
    """Judge a file; 0 also where rows were bad (their number goes to standard error).

    InputError where `source` is missing; ConfigError where nothing as safe as `minimum` works here. With
    `from_reply`, `program` is a model's reply and the program is looked for in it.
    """
    if not source.is_file():
        raise InputError(f"there is no file {source}: give --in a file with one JSON object a line")
    if source.resolve() == target.resolve():
        raise InputError(f"--out is the file that is read, {source}: name another one")
    counts: Counter[str] = Counter()
    partial = target.with_name(f".{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    with sandbox or _opened(minimum) as held, partial.open("w", encoding="utf-8") as out:
        judge = ProgramJudge(held, options)
        for row in _judged(judge, source, from_reply):
            counts[row["verdict"] if row["reason"] != "bad_row" else "bad"] += 1
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    partial.replace(target)
    total = " · ".join(f"{counts[name]} {name}" for name in ("right", "wrong", "unknown", "bad"))
    print(f"{sum(counts.values())} programs: {total} -> {target}", file=sys.stderr)
    return 0


def _opened(minimum: Level) -> Sandbox:
    if minimum != "rlimits":
        raise ConfigError(f"no sandbox of level {minimum} is built in yet: ask for the level rlimits")
    return PlainSandbox()


def _judged(judge: ProgramJudge, source: Path, from_reply: bool) -> Iterator[dict[str, Any]]:
    with closing(read_rows(str(source), STAGE)) as rows:
        while batch := list(islice(rows, BATCH)):
            yield from _batch(judge, batch, from_reply)


def _batch(judge: ProgramJudge, batch: Iterable[Row | Dropped], from_reply: bool) -> Iterator[dict[str, Any]]:
    read = [_case(row, from_reply) for row in batch]
    asked = [(task, program) for _, task, program in read if task is not None]
    reports = iter(judge.reports(asked, _scores(judge, [task for task, _ in asked])))
    for values, task, _ in read:
        yield values | next(reports).as_dict() if task is not None else values


def _scores(judge: ProgramJudge, tasks: Iterable[ProgramTask]) -> dict[ProgramTask, float]:
    """How good the tests are, for tasks with a reference."""
    most = judge.options.mutants
    pairs = [(task, task.reference) for task in dict.fromkeys(tasks) if task.reference and most]
    found = zip(pairs, mutant_scores(pairs, judge, most), strict=True)
    return {task: one.score for (task, _), one in found if one.score is not None}


def _case(row: Row | Dropped, from_reply: bool) -> tuple[dict[str, Any], ProgramTask | None, str]:
    """The row, its task and its program; without a task, the row as it is written where it is bad."""
    if isinstance(row, Dropped):
        return _bad({"content": row.content}, row.where, f"{row.reason}: {row.detail}".rstrip(": ")), None, ""
    try:
        program = row.values.get("program")
        if not isinstance(program, str):
            raise RecordError("program must be a text")
        task = task_of(row.values)
        if from_reply:
            program = program_in(program, task.entry_point)
            if program is None:
                raise RecordError("the reply holds no program")
        return dict(row.values), task, program
    except RecordError as error:
        return _bad(dict(row.values), row.where, str(error)), None, ""


def _bad(values: dict[str, Any], where: str, why: str) -> dict[str, Any]:
    line = int(where.rpartition(":")[2]) if where.rpartition(":")[2].isdigit() else None
    print(f"{where}: {why}", file=sys.stderr)
    return values | {
        "verdict": "unknown", "reason": "bad_row", "error": why, "line": line, "passed": [], "feedback": [],
        "isolation": None, "strength": "weak", "flags": [], "seconds": 0.0,
    }  # fmt: skip
