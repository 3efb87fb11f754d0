"""Tests of every form that was met, taken apart and judged: `tests/cases/program_tests.json`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.options import ProgramOptions
from filters.verify.code.task import task_of
from tests.filters.verify.code.judging import sandbox

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "cases" / "program_tests.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def judge() -> Iterator[ProgramJudge]:
    with sandbox() as held:
        yield ProgramJudge(held)


def tasks(cases: list[dict[str, Any]]) -> list[Any]:
    return [task_of({**case, "tests": [case["test"]]}) for case in cases]


def test_what_the_program_is_asked(judge: ProgramJudge) -> None:
    for case, task in zip(CASES, tasks(CASES), strict=True):
        script = judge.prepared(task).tests[0].script
        assert script is not None
        assert [call.source for call in script.calls] == case["calls"], case["source"]


def test_right_programs_pass_and_wrong_ones_fail_for_the_reason(judge: ProgramJudge) -> None:
    made = tasks(CASES)
    right = judge.reports([(task, case["right"]) for task, case in zip(made, CASES, strict=True)])
    wrong = judge.reports([(task, case["wrong"]) for task, case in zip(made, CASES, strict=True)])
    for case, good, bad in zip(CASES, right, wrong, strict=True):
        expected = "weak_tests" if case["weak"] else "passed"
        assert (good.verdict.reason, good.passed) == (expected, (True,)), case["test"]
        assert bad.verdict.is_wrong, (case["test"], bad)
        assert (bad.verdict.reason, bad.passed) == (case["reason"], (False,)), case["test"]


def test_weak_passes_are_right_only_where_asked(judge: ProgramJudge) -> None:
    weak = [case for case in CASES if case["weak"]]
    allowing = ProgramJudge(judge.sandbox, ProgramOptions(allow_weak=True))
    for one in allowing.reports([(t, c["right"]) for t, c in zip(tasks(weak), weak, strict=True)]):
        assert (one.verdict.is_right, one.verdict.reason, one.strength) == (True, "weak", "weak")
