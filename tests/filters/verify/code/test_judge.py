"""Verdicts on programs, their reasons and what feedback says."""

import ast
from collections import Counter

import pytest

from filters.verify.code.judge import ProgramJudge, tree_hash
from filters.verify.code.options import ProgramOptions
from filters.verify.code.report import proves_repair
from filters.verify.code.task import ProgramTask, StdioTest, task_of
from filters.verify.sandbox.job import LEVELS
from schemas.exceptions import RecordError
from tests.filters.verify.code.judging import report, sandbox, sent, stdio, task
from tests.shared import rows
from tests.thorough import THOROUGH

ADD = "def add(a, b):\n    return a + b\n"
QUICK = ProgramOptions(cpu_s=1, wall_s=8, memory_bytes=256 << 20)
TESTS = ("assert add(1, 2) == 3", "assert add(0, 0) == 0")


@pytest.mark.parametrize(
    ("program", "outcome", "reason", "passed"),
    [
        (ADD, "right", "passed", (True, True)),
        ("def add(a, b):\n    return a - b\n", "wrong", "failed_test", (False, True)),
        ("def add(a, b):\n    return a +\n", "wrong", "compile_error", (None, None)),
        ("def add(a, b):\nreturn 1", "wrong", "compile_error", (None, None)),
        ("add = 1 / 0", "wrong", "exception", (None, None)),
        ("def sub(a, b):\n    return a", "wrong", "exception", (False, False)),
        ("def add(a, b):\n    return a // b", "wrong", "failed_test", (False, False)),
        ("def add(a, b):\n    while a: pass\n    return 0", "wrong", "timeout", (False, None)),
        ("def add(a, b):\n    return len([0] * 10 ** 10)", "wrong", "memory", (False, False)),
        (
            "def add(a, b):\n    print('x' * 10 ** 7, flush=True)\n    return a + b",
            "wrong",
            "output_limit",
            None,
        ),
        ("import os\ndef add(a, b):\n    os._exit(0)", "wrong", "exited", (False, None)),
        ("import ctypes\ndef add(a, b):\n    ctypes.string_at(0)", "wrong", "killed", (False, None)),
        ("import no_such_module\n" + ADD, "unknown", "missing_module", (None, None)),
        ("def add(a, b):\n    return add(a, b)", "wrong", "exception", (False, False)),
        ("def add(a, b):\n    return object()", "wrong", "failed_test", (False, False)),
        ("", "wrong", "exception", (False, False)),
    ],
)
def test_verdicts_and_reasons(
    program: str, outcome: str, reason: str, passed: tuple[bool | None, ...] | None
) -> None:
    found = report(program, *TESTS, options=QUICK)
    assert (found.verdict.outcome.value, found.verdict.reason) == (outcome, reason), found
    assert passed is None or found.passed == passed
    assert found.isolation in LEVELS


def test_sleeping_programs_are_unknown() -> None:
    program = "import time\ndef add(a, b):\n    time.sleep(60)"
    found = report(program, *TESTS, options=ProgramOptions(wall_s=0.5))
    assert (found.verdict.reason, found.passed) == ("wall_timeout", (None, None))


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("def add(a, b):\n    return a - b", ["Test 1: add(1, 2) returned -1. Expected 3."]),
        (
            "def add(a, b):\n    c = a\n    return c + d",
            [
                "Test 1: add(1, 2) raised NameError: name 'd' is not defined. Line 3: `return c + d`",
                "Test 2: add(0, 0) raised NameError: name 'd' is not defined. Line 3: `return c + d`",
            ],
        ),
        (
            "def add(a, b)\n    return a",
            ["Your program: It does not compile: SyntaxError: expected ':'. Line 1: `def add(a, b)`"],
        ),
        (
            "def add(a, b):\n    while a: pass\n    return 0",
            ["Test 1: It used up its processor time: it may loop without end or be too slow. add(1, 2) was running."],
        ),
    ],
)  # fmt: skip
def test_feedback_reads_as_a_sentence(program: str, says: list[str]) -> None:
    assert report(program, *TESTS, options=QUICK).text().splitlines() == says


def test_feedback_as_data_holds_no_empty_fields() -> None:
    (one,) = report("def add(a, b):\n    return a - b", *TESTS).feedback
    assert one.as_dict() == {
        "kind": "wrong_value",
        "test": 0,
        "call": "add(1, 2)",
        "got": "-1",
        "expected": "3",
    }


def test_hidden_tests_decide_and_say_nothing() -> None:
    hidden = ProgramTask(tests=("assert add(1, 2) == 3",), hidden_tests=("assert add(7, 8) == 15",))
    with sandbox() as held:
        found = ProgramJudge(held).report(hidden, "def add(a, b):\n    return 3")
        assert (found.passed, found.verdict.reason) == ((True, False), "failed_test")
        assert found.text() == "Test 2 (hidden) failed: wrong value."
        assert set(found.feedback[0].as_dict()) == {"kind", "test", "hidden"}
        open_judge = ProgramJudge(held, ProgramOptions(show_hidden=True))
        assert "add(7, 8)" in open_judge.report(hidden, "def add(a, b):\n    return 3").text()


ECHO = "n = int(input())\nprint(sum(int(input()) for _ in range(n)))\n"


@pytest.mark.parametrize(
    ("program", "options", "reason"),
    [
        (ECHO, ProgramOptions(), "passed"),
        (ECHO.replace("print(", "print('', "), ProgramOptions(), "failed_test"),
        (ECHO.replace("print(", "print('', "), ProgramOptions(stdout="tokens"), "passed"),
        (ECHO + "print()\n", ProgramOptions(), "passed"),
        (ECHO + "print()\n", ProgramOptions(stdout="exact"), "failed_test"),
        (ECHO.replace("range(n))", "range(n)) + 0.0"), ProgramOptions(), "failed_test"),
        (ECHO.replace("range(n))", "range(n)) + 1e-9"), ProgramOptions(tolerance=1e-6), "passed"),
        (ECHO + "raise SystemExit(0)", ProgramOptions(), "passed"),
        (ECHO + "raise SystemExit(1)", ProgramOptions(), "exited"),
        (ECHO + "1 / 0", ProgramOptions(), "exception"),
        ("if __name__ == '__main__':\n    " + ECHO.replace("\n", "\n    "), ProgramOptions(), "passed"),
    ],
)
def test_scripts_are_judged_by_what_they_print(program: str, options: ProgramOptions, reason: str) -> None:
    found = report(program, *stdio(("2\n3\n4\n", "7\n"), ("1\n5", "5\n")), options=options)
    assert found.verdict.reason == reason, found


def test_a_script_that_fails_is_told_input_and_output() -> None:
    found = report("print(int(input()) + 1)", StdioTest("4", "4\n"))
    assert found.text() == "Test 1: It printed '5\\n' for the input '4'. Expected '4\\n'."


def test_a_test_alone_hides_no_other() -> None:
    program = "import os\ndef add(a, b):\n    if a: os._exit(1)\n    return a + b"
    assert report(program, *TESTS).passed == (False, None)
    assert report(program, *TESTS, options=ProgramOptions(alone=True)).passed == (False, True)


def test_programs_that_depend_on_chance_are_flaky() -> None:
    program = "import os\ndef add(a, b):\n    return a + b if os.urandom(1)[0] % 2 else None"
    found = report(
        program, *(f"assert add({n}, 1) == {n + 1}" for n in range(30)), options=ProgramOptions(runs=2)
    )
    assert (found.verdict.outcome.value, found.verdict.reason) == ("unknown", "flaky")


def test_strict_types_and_tolerance_reach_assertions() -> None:
    program = "def f():\n    return True\ndef g():\n    return 0.1 + 0.2"
    assert report(program, "assert f() == 1").verdict.is_right
    assert report(program, "assert f() == 1", options=ProgramOptions(strict_types=True)).verdict.is_wrong
    assert report(program, "assert g() == 0.3").verdict.is_wrong
    assert report(program, "assert g() == 0.3", options=ProgramOptions(tolerance=1e-9)).verdict.is_right


def test_bad_tests_are_not_the_programs_fault() -> None:
    assert report(ADD, *TESTS, setup="import nothing_of_that_name").verdict.reason == "missing_module"
    assert report(ADD, *TESTS, setup="1 / 0").verdict.reason == "bad_tests"


@pytest.mark.parametrize(
    "test",
    [
        "assert True",
        "x = 3\nassert x == 3",
        "import math",
        "@pytest.mark.parametrize('a', [1])\ndef test_add(a):\n    assert add(a, 1) == 2",
        "def test_add(fixture):\n    assert add(1, 1) == 3",
        "async def test_add():\n    assert await add(1, 1) == 3",
        "def check(candidate):\n    assert candidate(1, 1) == 3",
        "with pytest.raises(ValueError) as info:\n    add(1, 1)\nassert 'x' in str(info.value)",
        "class TestAdd(unittest.TestCase):\n    def test(self):\n        self.assertEqual(1)",
    ],
)
def test_a_test_that_asks_nothing_passes_nobody(test: str) -> None:
    found = report(ADD, test)
    assert (found.verdict.reason, found.passed) == ("bad_tests", (None,))


def test_modules_that_a_test_forgets_to_import_are_not_the_programs() -> None:
    test = "assert math.isclose(area(2), 12.566370614359172, rel_tol=0.001)"
    right = "import math\ndef area(r):\n    return math.pi * r * r"
    forged = "class math:\n    isclose = lambda *a, **k: True\ndef area(r):\n    return 0"
    assert report(right, test).verdict.is_right
    assert report(forged, test).verdict.is_wrong
    with sandbox() as held:
        (job,) = ProgramJudge(held).jobs(task(test), right)
    assert "12.56" not in sent([job])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"tests": []}, "no tests"),
        ({}, "must be a list"),
        ({"tests": ["assert f(1 =="]}, "test 1 is no Python"),
        ({"tests": [" "]}, "test 1 is empty"),
        ({"tests": [3]}, r"tests\[0\]"),
        ({"tests": [{"stdin": "1"}]}, r"tests\[0\]"),
        ({"tests": ["assert f()"], "test_imports": 3}, "test_imports"),
        ({"tests": ["assert f()"], "entry_point": "a b"}, "entry_point"),
        ({"tests": ["assert f()"], "entry_point": ["f"]}, "entry_point"),
    ],
)
def test_tasks_that_cannot_be_used_say_why(row: dict[str, object], says: str) -> None:
    with pytest.raises(RecordError, match=says):
        task_of(row)


def test_a_trace_shows_the_variables_that_changed() -> None:
    program = "def add(a, b):\n    c = a\n    c -= b\n    return c\n"
    found = report(program, *TESTS, options=ProgramOptions(trace=True))
    assert [step[1] for step in found.feedback[0].steps] == [
        {"a": "1", "b": "2"},
        {"c": "1"},
        {"c": "-1"},
        {},
    ]
    assert "line 4: c=-1" in found.text()


def test_the_same_tree_runs_once_and_keeps_its_own_lines() -> None:
    first = "def add(a, b):\n    return a + c\n"
    second = "# the same\n\ndef add(a,\n        b):\n    # wrong\n    return a +c  # c?\n"
    assert tree_hash(first) == tree_hash(second) != tree_hash(ADD)
    with sandbox() as held:
        found = ProgramJudge(held).reports([(task(*TESTS), first), (task(*TESTS), second)])
    assert [(one.feedback[0].line, one.feedback[0].source) for one in found] == [
        (2, "return a + c"),
        (6, "return a +c  # c?"),
    ]
    assert found[0].wall_s == found[1].wall_s


def test_a_reference_narrows_the_time_limit() -> None:
    with sandbox() as held:
        judge = ProgramJudge(held)
        (plain,) = judge.jobs(task(*TESTS), ADD)
        (narrow,) = judge.jobs(task(*TESTS, reference=ADD), ADD)
    assert narrow.limits.cpu_s < plain.limits.cpu_s
    assert narrow.limits.cpu_s >= 1


def test_few_killed_mutants_make_a_pass_weak() -> None:
    with sandbox() as held:
        judge = ProgramJudge(held)
        assert judge.report(task(*TESTS), ADD, mutant_score=0.9).verdict.is_right
        poor = judge.report(task(*TESTS), ADD, mutant_score=0.2)
    assert (poor.verdict.reason, poor.strength) == ("weak_tests", "weak")
    assert "20%" in poor.weak


@pytest.mark.parametrize(
    ("wrong", "proves"),
    [
        ("def add(a, b):\n    return a - b", True),
        ("def add(a, b):\n    return a + c", True),
        ("def add(a, b):\n    while True: pass", False),
        ("def add(a, b)\n    return a", False),
        ("from os import nothing_there\ndef add(a, b):\n    return 0", False),
        ("import gc\ndef add(a, b):\n    return 0", False),
        (ADD, False),
    ],
)
def test_a_repair_is_proven_by_a_reason_and_a_pass(wrong: str, proves: bool) -> None:
    with sandbox() as held:
        judge = ProgramJudge(held, QUICK)
        bad, good = judge.reports([(task(*TESTS), wrong), (task(*TESTS), ADD)])
    assert proves_repair(bad, good) is proves
    assert not proves_repair(good, bad)


class _Pass(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = [ast.Pass()]
        return node


def test_all_mbpp_references_pass_and_fail_without_their_bodies() -> None:
    problems = rows("data/mbpp_sanitized.jsonl")[:: 1 if THOROUGH else 3]
    tasks = [task_of(row) for row in problems]
    empty = [ast.unparse(_Pass().visit(ast.parse(row["solution"]))) for row in problems]
    with sandbox() as held:
        judge = ProgramJudge(held)
        right = judge.reports(zip(tasks, [row["solution"] for row in problems], strict=True))
        wrong = judge.reports(zip(tasks, empty, strict=True))
    assert Counter((one.verdict.reason, one.strength, one.flags) for one in right) == {
        ("passed", "strong", ()): len(problems)
    }
    assert all(one.verdict.is_wrong for one in wrong)
    assert {one.verdict.reason for one in wrong} == {"failed_test", "exception"}
