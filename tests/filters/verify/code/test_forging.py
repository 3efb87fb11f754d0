"""Programs that go for the judge instead of the problem: none is right, and none is sent what is expected."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.options import ProgramOptions
from filters.verify.code.tamper import tamper_flags
from filters.verify.code.task import ProgramTask, task_of
from filters.verify.sandbox.base import wire
from tests.filters.verify.code.judging import report, sandbox, sent
from tests.shared import rows

TESTS = ("assert solve(3) == 1729", "assert solve(4) > 1729 and sorted(solve(5)) == [17, 29]")

FORGERIES: dict[str, str] = {
    case["name"]: "\n".join(case["program"]) + "\n"
    for case in json.loads(
        (Path(__file__).parents[3] / "cases" / "forgeries.json").read_text(encoding="utf-8")
    )
}
FORGED_TESTS = json.loads(
    (Path(__file__).parents[3] / "cases" / "forged_tests.json").read_text(encoding="utf-8")
)
ALWAYS_EQUAL = FORGERIES["always_equal"]


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_passes(name: str) -> None:
    found = report(FORGERIES[name], *TESTS)
    assert not found.verdict.is_right, found
    assert found.passed[0] is not True, found


@pytest.mark.parametrize("case", FORGED_TESTS, ids=lambda case: case["test"])
def test_no_program_passes_by_what_a_test_lets_it_see_or_change(case: dict[str, Any]) -> None:
    found = report("\n".join(case["program"]) + "\n", case["test"])
    assert not found.verdict.is_right, found


def test_an_input_changed_in_place_leaves_the_expected_value_unknown() -> None:
    found = report("def f(a):\n    a.sort()\n    return a\n", "a = [3, 1]\nassert f(a) == sorted(a)")
    assert (found.verdict.reason, found.passed) == ("changed_input", (None,))


def test_a_test_without_an_expectation_is_made_up_for_by_others() -> None:
    assert report("def f(n): return 9\n", "print(f(3))", "assert f(3) == 9").verdict.is_right


def test_forgeries_that_show_in_the_source_are_flagged() -> None:
    unflagged = {
        "number_that_lies",
        "list_that_lies",
        "patched_json",
        "printed_lines",
        "endless_contains",
        "sys_exit",
    }
    unflagged |= {"own_encoder"}
    found = {name for name, program in FORGERIES.items() if not tamper_flags(program)}
    assert found <= unflagged | {"always_equal"}
    assert "constant_eq" in tamper_flags(ALWAYS_EQUAL)


def test_a_weak_test_can_be_forged_and_is_therefore_never_verified() -> None:
    test = "assert solve(3) == Result(1729)"
    forged = ALWAYS_EQUAL + "class Result:\n    def __init__(self, n): pass\n"
    found = report(forged, test)
    assert found.passed == (True,)
    assert (found.verdict.reason, found.strength) == ("weak_tests", "weak")
    assert report(forged, TESTS[0], options=ProgramOptions(allow_weak=True)).verdict.reason == "unplain"
    strict = report(forged, test, options=ProgramOptions(allow_weak=True, exclude_tampering=True))
    assert strict.verdict.reason == "tampering"


def test_the_first_job_of_a_forger_holds_no_expected_value() -> None:
    with sandbox() as held:
        judge = ProgramJudge(held)
        wired = json.dumps([wire(job) for job in judge.jobs(ProgramTask(tests=TESTS), ALWAYS_EQUAL)])
    assert "1729" not in wired
    assert "29" not in wired


def test_expected_literals_of_real_tests_are_never_sent() -> None:
    tasks = [task_of(row) for row in rows("data/mbpp_sanitized.jsonl")]
    looked = 0
    with sandbox() as held:
        judge = ProgramJudge(held)
        for task in tasks:
            source = sent(judge.jobs(task, ""))
            for test in task.tests:
                expected, call = sides(str(test))
                if expected and expected not in call:
                    looked += 1
                    mine = [line for line in source.splitlines() if line == call or call in line]
                    assert mine, (test, source)
                    assert all(
                        not re.search(rf"(?<![\w.]){re.escape(expected)}(?![\w.])", line) for line in mine
                    )
                    assert "==" not in "".join(mine).replace(call, "")
    assert looked > 500


def sides(test: str) -> tuple[str, str]:
    """Expected side and call of `assert f(…) == literal`, as source; empty where it is another form."""
    statement = ast.parse(test).body[0]
    if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Compare):
        return ast.unparse(statement.test.comparators[0]), ast.unparse(statement.test.left)
    return "", ""


EXPECTED_BESIDE_INPUT = [
    "for t in [{'in': 3, 'out': 1729}]:\n    assert solve(t['in']) == t['out']",
    "cases = [{'in': 3, 'out': 1729}]\nfor t in cases:\n    assert solve(t['in']) == t['out']",
    "cases = [(3, 1729)]\nassert solve(cases[0][0]) == cases[0][1]",
    "for case in [((3,), 1729)]:\n    assert solve(*case[0]) == case[1]",
    "case = ([3, 4], 1729)\nxs, expected = case\nassert solve(xs) == expected",
    "case = {'in': [3, 4], 'out': 1729}\nassert solve(case['in']) == case['out']",
    "assert solve(3).__eq__(1729)",
]


@pytest.mark.parametrize("test", EXPECTED_BESIDE_INPUT)
def test_an_expected_value_beside_its_input_is_not_sent(test: str) -> None:
    with sandbox() as held:
        jobs = ProgramJudge(held).jobs(ProgramTask(tests=(test,)), "def solve(n): return n\n")
    assert "1729" not in sent(jobs)
    assert report("def solve(n): return 1729\n", test).verdict.is_right
    assert not report("def solve(n): return 1728\n", test).verdict.is_right


def test_an_item_that_the_program_changes_is_sent_where_the_test_looks_again() -> None:
    test = "d = {'l': [3, 1]}\nf(d['l'])\nassert d['l'] == [1, 3]"
    assert report("def f(a): a.sort()\n", test).verdict.is_right
    assert not report("def f(a): sorted(a)\n", test).verdict.is_right


@pytest.mark.parametrize("test", ["assert f(3).startswith('He')", "assert f(3).issubset({1})"])
def test_a_yes_or_no_of_a_plain_value_is_not_the_programs_own(test: str) -> None:
    liar = "class L(str):\n    startswith = issubset = lambda *a: True\ndef f(n): return L()\n"
    assert not report(liar, test).verdict.is_right
    honest = "def f(n): return 'Hello'\n" if "He" in test else "def f(n): return {1}\n"
    assert report(honest, test).verdict.is_right


def test_a_range_without_end_does_not_fill_the_judges_memory() -> None:
    test = (
        "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n"
        "        self.assertCountEqual(f(), [1])\n"
    )
    assert not report("def f(): return range(10**11)\n", test).verdict.is_right


def test_an_assertion_of_a_tuple_proves_nothing() -> None:
    assert not report("def f(n): return 0\n", "assert (f(3) == 9, 'message')").verdict.is_right
