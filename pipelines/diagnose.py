"""`corrigenda diagnose`: where each answer of a file first goes wrong, in what kind of mistake, and how that is known.

Rows hold `question`, `answer`, `response` and perhaps `solution`, `finish`; each comes back as it was with
`verdict`, `first_error` (0-based step, null where right or not found), `step_text`, `error_kind` (`none` where
right, `unknown` where nothing tells), `slip` (of a wrong calculation: `carry`, `sign`, …), `how`, `confidence`
(0 to 1), `proven`, `agreement` and `others`. Right responses to the same question serve as known
solutions. Rows that cannot be used go to `<out>.dropped.jsonl` with file and line, and the rest goes on.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.attempts import BroughtAttempt, brought
from generators.locating.flow import number_in
from generators.locating.slips import slip_of
from generators.rows import Row, check_row, expand, first_row, read_rows
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.dropped import Dropped
from schemas.errors import KINDS
from schemas.ids import nfc
from schemas.location import Location
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict

_STAGE = "diagnose"
_NEEDED = {name: name for name in ("question", "answer", "response")}


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows."""

    rows: int
    wrong: int
    located: int
    kinds: int
    dropped: int


def diagnose(paths: Sequence[str], out: Path) -> Counts:
    """Diagnose every row of the files into `out`, in their order. InputError where a file is unusable as a whole."""
    rows: list[Row] = []
    dropped: list[Dropped] = []
    for path in expand(paths):
        check_row(first_row(path, _STAGE), path, _NEEDED)
        for row in read_rows(path, _STAGE):
            problem = row if isinstance(row, Dropped) else _unusable(row)
            if problem is not None:
                dropped.append(problem)
            elif isinstance(row, Row):
                rows.append(row)
    with Judge() as judge:
        found = _diagnosed(rows, judge)
    out.parent.mkdir(parents=True, exist_ok=True)
    _write(out, ({**row.values, **columns} for row, columns in zip(rows, found, strict=True)))
    beside = out.with_name(f"{out.name}.dropped.jsonl")
    beside.unlink(missing_ok=True)
    if dropped:
        _write(beside, map(asdict, dropped))
    wrong = [c for c in found if c["verdict"] == "wrong"]
    return Counts(
        rows=len(rows),
        wrong=len(wrong),
        located=sum(c["first_error"] is not None for c in wrong),
        kinds=sum(c["error_kind"] != "unknown" for c in wrong),
        dropped=len(dropped),
    )


def _unusable(row: Row) -> Dropped | None:
    for column in _NEEDED:
        value = row.get(column)
        if column == "answer" and isinstance(value, int) and not isinstance(value, bool):
            continue
        if not isinstance(value, str):
            return row.drop(_STAGE, "wrong_type", f"{column!r} is {type(value).__name__}, not text")
        if not value.strip():
            return row.drop(_STAGE, "empty_text", f"{column!r} is empty")
    return None


def _diagnosed(rows: Sequence[Row], judge: Judge) -> list[dict[str, Any]]:
    """The new columns of every row; rows of one question and answer are one case."""
    cases: dict[tuple[str, str], list[int]] = {}
    for number, row in enumerate(rows):
        cases.setdefault((nfc(str(row.get("question"))), nfc(str(row.get("answer")))), []).append(number)
    found: dict[int, dict[str, Any]] = {}
    for numbers in cases.values():
        for number, columns in zip(numbers, _case([rows[n] for n in numbers], judge), strict=True):
            found[number] = columns
    return [found[n] for n in range(len(rows))]


def _case(rows: Sequence[Row], judge: Judge) -> Iterator[dict[str, Any]]:
    solutions = [s for row in rows if isinstance(s := row.get("solution"), str) and s.strip()]
    problem = Problem(
        statement=str(rows[0].get("question")),
        answer=str(rows[0].get("answer")),
        solution=solutions[0] if solutions else "",
    )
    texts = [BroughtAttempt(str(row.get("response")), "", n) for n, row in enumerate(rows)]
    attempts = [
        _judged(problem, attempt, row.get("finish"), judge)
        for attempt, row in zip(brought(problem, texts, "auto"), rows, strict=True)
    ]
    ask = Ask(Case(problem, tuple(attempts)), Tools(judge=judge))
    for attempt in attempts:
        yield _columns(attempt, ask.glance(attempt) if attempt.verdict.is_wrong else None)


def _judged(problem: Problem, attempt: Attempt, finish: object, judge: Judge) -> Attempt:
    """With its verdict; an answer that was cut off is wrong only in being cut off."""
    cut_off = finish == "length"
    verdict = judge.verdict(problem, attempt.text, explicit_only=cut_off)
    if cut_off and not verdict.is_right:
        verdict = Verdict(Outcome.UNKNOWN, "truncated", verdict.method, verdict.evidence)
    return replace(attempt, verdict=verdict, finish="length" if cut_off else "file")


def _columns(attempt: Attempt, found: Location | None) -> dict[str, Any]:
    verdict = attempt.verdict
    kind = "none" if verdict.is_right else found.kind if found else "unknown"
    if verdict.reason == "truncated" and "truncated" in KINDS:
        kind = "truncated"
    return {
        "verdict": verdict.outcome.value,
        "first_error": found.step if found else None,
        "step_text": attempt.step_text(found.step).strip() if found else None,
        "error_kind": kind,
        "slip": _slip(found) if found and found.kind == "calculation" else "",
        "how": found.method if found else "",
        "confidence": found.confidence if found else None,
        "proven": bool(found and found.proven),
        "agreement": found.agreement if found else None,
        "others": [list(other) for other in found.others] if found else [],
    }


def _slip(found: Location) -> str:
    """Which slip made a wrong result: `sign`, `carry`, `place_value`, …; empty where none of them did."""
    right, wrong = number_in(found.right), number_in(found.wrong)
    return slip_of(right, wrong) if right is not None and wrong is not None else ""


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    """JSON lines, whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    partial.replace(path)
