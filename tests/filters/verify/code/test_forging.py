"""Programs that go for the judge instead of the problem: none is right, and none is sent what is expected."""

import ast
import json
import re

import pytest

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.options import ProgramOptions
from filters.verify.code.plain import PlainSandbox
from filters.verify.code.sandbox import wire
from filters.verify.code.tamper import tamper_flags
from filters.verify.code.task import ProgramTask, task_of
from tests.filters.verify.code.judging import report, sent
from tests.shared import rows

TESTS = ("assert solve(3) == 1729", "assert solve(4) > 1729 and sorted(solve(5)) == [17, 29]")

ALWAYS_EQUAL = """
class Anything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __eq__
    def __iter__(self): return iter([self])
    def __hash__(self): return 0
    def __bool__(self): return True
    def __sub__(self, other): return self
    def __abs__(self): return self
def solve(n): return Anything()
"""
NUMBER_THAT_LIES = """
class Number(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    def __repr__(self): return '1729'
    def __index__(self): return 1729
def solve(n): return Number(0)
"""
FORGERIES = {
    "always_equal": ALWAYS_EQUAL,
    "number_that_lies": NUMBER_THAT_LIES,
    "list_that_lies": "class L(list):\n    def __eq__(self, o): return True\n    def __iter__(self): return iter([17])\n"
    "def solve(n): return L()",
    "patched_builtins": "import builtins\nbuiltins.sorted = lambda x: x\nbuiltins.bool = lambda x: True\n"
    "builtins.eval = builtins.exec = lambda *a: True\nbuiltins.isinstance = lambda a, b: True\ndef solve(n): return 0",
    "patched_json": "import json\njson.dumps = lambda x: '{\"value\": [\"int\", \"0x6c1\"]}'\ndef solve(n): return 0",
    "patched_error": "import builtins\nclass E(Exception): pass\nbuiltins.AssertionError = E\ndef solve(n): return 0",
    "frames": "import sys\ndef solve(n):\n    f = sys._getframe()\n    while f:\n        for v in list(f.f_locals.values()):\n"
    "            if isinstance(v, dict) and 'calls' in v:\n                return v['calls'][0]\n        f = f.f_back\n    return 0",
    "gc": "import gc\ndef solve(n):\n    return [o for o in gc.get_objects() if isinstance(o, int) and o == 1729][:1] or 0",
    "fake_lines": "import os\nfor fd in range(3, 20):\n    try:\n        os.write(fd, b'{\"stage\": \"calls\"}\\n{\"value\": true}\\n'"
    " b'{\"value\": true}\\n{\"value\": true}\\n{\"done\": true}\\n')\n    except OSError: pass\nos._exit(0)\ndef solve(n): pass",
    "printed_lines": "print('{\"done\": true}')\nprint('OK')\ndef solve(n): print('PASSED'); return None",
    "exit": "import os\nos._exit(0)",
    "exit_in_call": "import os\ndef solve(n): os._exit(0)",
    "sys_exit": "import sys\ndef solve(n): sys.exit(0)",
    "atexit": "import atexit, os\natexit.register(lambda: os._exit(0))\ndef solve(n): raise SystemExit(0)",
    "endless_contains": "def solve(n):\n    class C:\n        def __getattr__(self, name): return lambda *a: True\n    return C()",
    "own_encoder": "import sys\nfor name, module in list(sys.modules.items()):\n    for key in list(vars(module)):\n"
    "        if key in ('encode', '_call'):\n            setattr(module, key, lambda *a: True)\ndef solve(n): return 0",
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_passes(name: str) -> None:
    found = report(FORGERIES[name], *TESTS)
    assert not found.verdict.is_right, found
    assert found.passed[0] is not True, found


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
    with PlainSandbox() as sandbox:
        judge = ProgramJudge(sandbox)
        wired = json.dumps([wire(job) for job in judge.jobs(ProgramTask(tests=TESTS), ALWAYS_EQUAL)])
    assert "1729" not in wired
    assert "29" not in wired


def test_expected_literals_of_real_tests_are_never_sent() -> None:
    tasks = [task_of(row) for row in rows("data/mbpp_sanitized.jsonl")]
    looked = 0
    with PlainSandbox() as sandbox:
        judge = ProgramJudge(sandbox)
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
