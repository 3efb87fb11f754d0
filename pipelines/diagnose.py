"""`corrigenda diagnose`: where each answer of a file first goes wrong, in what kind of mistake, and how that is known.

Rows hold `question`, `answer`, `response` and perhaps `solution`, `finish`; each comes back as it was with
`verdict`, `first_error` (0-based step, null where right or not found), `step_text`, `error_kind` (`none` where
right, `unknown` where nothing tells), `slip` (of a wrong calculation: `carry`, `sign`, …), `how`, `confidence`
(0 to 1), `proven`, `agreement` and `others`. Right responses to the same question serve as known
solutions. A line that cannot be used is kept with its number and what is wrong with it, and the rest goes on.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.attempts import BroughtAttempt, brought
from generators.locating.flow import number_in
from generators.locating.slips import slip_of
from pipelines.lines import Fields, work_lines
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.errors import KINDS
from schemas.exceptions import RecordError
from schemas.ids import nfc
from schemas.location import Location
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict

_BLANK: Fields = {
    "verdict": "unknown",
    "first_error": None,
    "step_text": None,
    "error_kind": "unknown",
    "slip": "",
    "how": "",
    "confidence": None,
    "proven": False,
    "agreement": None,
    "others": [],
}
"""What a line that cannot be used gets."""


def diagnose(source: Path, target: Path) -> int:
    """Diagnose every line of a file; the command's exit code. InputError where the file is unusable as a whole."""
    found: Counter[str] = Counter()
    with Judge() as judge:

        def diagnosed(rows: list[Fields]) -> Iterator[Fields]:
            for columns in _diagnosed(rows, judge):
                if columns["verdict"] == "wrong":
                    found["wrong"] += 1
                    found["step"] += columns["first_error"] is not None
                    found["kind"] += columns["error_kind"] != "unknown"
                yield columns

        # the whole file at once: right responses to a question may stand anywhere in it
        code = work_lines(source, target, _usable, diagnosed, _BLANK, batch=None)
    wrong, step, kind = found["wrong"], found["step"], found["kind"]
    print(
        f"of {wrong} wrong answers the first wrong step was found in {step}, its kind in {kind}",
        file=sys.stderr,
    )
    return code


def _usable(row: Fields) -> Fields:
    for column in ("question", "answer", "response"):
        value = row.get(column)
        if column == "answer" and isinstance(value, int) and not isinstance(value, bool):
            continue
        if not isinstance(value, str):
            raise RecordError(f"{column!r} must be a text, got {type(value).__name__}")
        if not value.strip():
            raise RecordError(f"{column!r} is empty")
    return row


def _diagnosed(rows: Sequence[Fields], judge: Judge) -> list[dict[str, Any]]:
    """The new columns of every row; rows of one question and answer are one case."""
    cases: dict[tuple[str, str], list[int]] = {}
    for number, row in enumerate(rows):
        cases.setdefault((nfc(str(row.get("question"))), nfc(str(row.get("answer")))), []).append(number)
    found: dict[int, dict[str, Any]] = {}
    for numbers in cases.values():
        for number, columns in zip(numbers, _case([rows[n] for n in numbers], judge), strict=True):
            found[number] = columns
    return [found[n] for n in range(len(rows))]


def _case(rows: Sequence[Fields], judge: Judge) -> Iterator[dict[str, Any]]:
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
