"""The contract that every sandbox keeps, at every level that works here."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Call, Ended, Job, Level, Limits
from tests.filters.verify.sandbox.sandboxes import QUICK, ask, opened

LEVELS: list[Level] = ["namespaces", "seccomp", "rlimits"]
if os.environ.get("CORRIGENDA_TEST_WASM"):
    LEVELS.append("wasm")  # its first start compiles for minutes


@pytest.fixture(scope="module", params=LEVELS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened(request.param) as sandbox:
        yield sandbox


def test_values_and_exceptions_come_back_in_order(sandbox: Sandbox) -> None:
    program = "def f(x):\n    y = 10\n    return y // x\n"
    result = ask(sandbox, program, "f(3)", "f(0)", "[f(2.5), None, 'é\\n']")
    assert result.ended == "finished"
    assert result.isolation == sandbox.level
    assert result.stage == "calls"
    first, second, third = result.replies
    assert first.value == ["int", "0x3"]
    assert second.raised is not None
    assert (second.raised.kind, second.raised.line, second.raised.source) == (
        "ZeroDivisionError",
        3,
        "return y // x",
    )
    assert third.value == ["list", [["float", "0x1.0000000000000p+2"], None, "é\n"]]


def test_the_times_are_measured(sandbox: Sandbox) -> None:
    program = (
        "import time\ntime.sleep(0.2)\nend = time.process_time() + 0.1\nwhile time.process_time() < end: pass"
    )
    result = ask(sandbox, program)
    assert result.wall_s >= 0.3
    assert 0.1 <= result.cpu_s < 0.3 or sandbox.level == "wasm"


def test_a_script_reads_its_input(sandbox: Sandbox) -> None:
    program = (
        "import sys\nn = int(input())\nif __name__ == '__main__':\n    print(n * 2, sys.stdin.read().split())"
    )
    result = sandbox.run(Job(program, stdin="21\nä b\n"))
    assert (result.ended, result.stdout) == ("finished", "42 ['ä', 'b']\n")


@pytest.mark.parametrize(
    ("ending", "ended"),
    [("exit()", "finished"), ("import sys; sys.exit(0)", "finished"), ("import sys; sys.exit(3)", "exited")],
)
def test_a_script_may_end_itself(sandbox: Sandbox, ending: str, ended: Ended) -> None:
    result = sandbox.run(Job(f"print('a')\n{ending}\nprint('b')", stdin=""))
    assert (result.ended, result.stdout) == (ended, "a\n")


@pytest.mark.parametrize(
    ("program", "ended"),
    [
        ("while True: pass", "cpu"),
        ("try:\n    while True: pass\nexcept BaseException: pass\nwhile True: pass", "cpu"),
        ("import time; time.sleep(60)", "timeout"),
        ("x = [0] * 10**9", "memory"),
        ("print('x' * 100_000)", "output"),
        ("import sys; sys.exit(0)", "exited"),
        ("import os; os._exit(0)", "exited"),
    ],
)
def test_how_it_ended_is_named(sandbox: Sandbox, program: str, ended: Ended) -> None:
    started = time.monotonic()
    if sandbox.level == "wasm" and ended == "cpu":
        ended = "timeout"  # a guest's processor time cannot be told apart
    assert ask(sandbox, program, "1", limits=QUICK).ended == ended
    assert time.monotonic() - started < 20


def test_a_crash_is_a_signal(sandbox: Sandbox) -> None:
    if sandbox.level == "wasm":
        pytest.skip("WebAssembly has no signals")
    result = ask(sandbox, "import ctypes; ctypes.string_at(0)", "1")
    assert (result.ended, result.exit_status) == ("killed", -11)


def test_what_was_answered_before_a_limit_is_kept(sandbox: Sandbox) -> None:
    program = "import time\ndef f(n):\n    if n == 2: time.sleep(60)\n    return n"
    result = ask(sandbox, program, "f(0)", "f(1)", "f(2)", "f(3)", limits=QUICK)
    assert result.ended == "timeout"
    assert [reply.value for reply in result.replies] == [["int", "0x0"], ["int", "0x1"]]


def test_a_program_that_does_not_compile(sandbox: Sandbox) -> None:
    result = ask(sandbox, "x = 1\ndef f(:\n    pass", "f(1)")
    assert result.raised is not None
    assert (result.ended, result.stage, result.raised.kind, result.raised.line) == (
        "finished",
        "program",
        "SyntaxError",
        2,
    )


def test_a_fault_of_the_setup_is_told_from_one_of_the_program(sandbox: Sandbox) -> None:
    result = sandbox.run(Job("x = 1", (Call("x"),), setup="import no_such_module"))
    assert (result.stage, result.raised and result.raised.kind) == ("setup", "ModuleNotFoundError")


def test_a_large_result_neither_blocks_nor_is_kept(sandbox: Sandbox) -> None:
    result = ask(sandbox, "", "1", "'x' * 3_000_000", "2", limits=Limits(output_bytes=1 << 20))
    assert result.ended == "output"
    assert [reply.value for reply in result.replies] == [["int", "0x1"]]


def test_a_result_larger_than_a_pipe_comes_back_whole(sandbox: Sandbox) -> None:
    result = ask(sandbox, "", "'x' * 500_000", limits=Limits(output_bytes=1 << 20))
    assert result.ended == "finished"
    assert result.replies[0].value == "x" * 500_000


def test_the_same_job_does_the_same_twice(sandbox: Sandbox) -> None:
    program = "import random\ndef f(): return [random.random(), list({'a', 'b', 'c', 'd'}), hash('x')]"
    assert ask(sandbox, program, "f()").replies == ask(sandbox, program, "f()").replies


def test_nothing_of_a_job_is_there_for_the_next(sandbox: Sandbox) -> None:
    spoil = "import math, os, builtins, sys\nmath.sqrt = abs\nbuiltins.len = None\nsys.path.clear()\n"
    spoil += "os.environ['A'] = '1'\n"
    ask(sandbox, spoil + "try: open('left', 'w').close()\nexcept OSError: pass", "1")
    ask_again = (
        "import math, os\ndef f(): return [math.sqrt(9), len('ab'), dict(os.environ), os.path.exists('left')]"
    )
    value = ask(sandbox, ask_again, "f()").replies[0].value
    assert value == ["list", [["float", "0x1.8000000000000p+1"], ["int", "0x2"], ["dict", []], False]]


def test_steps_are_recorded_where_asked(sandbox: Sandbox) -> None:
    job = Job(
        "def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t",
        (Call("f(2)"), Call("f(1)")),
    )
    traced = sandbox.run(Job(job.program, job.calls, trace=(1,)))
    assert traced.replies[0].steps == ()
    assert [line for line, _ in traced.replies[1].steps][:3] == [2, 3, 4]


def test_results_keep_the_order_of_the_jobs(sandbox: Sandbox) -> None:
    count = 8 if sandbox.level in ("rlimits", "wasm") else 60
    programs = [f"import time\nif {n} % 7 == 3: time.sleep(0.1)\nx = {n}" for n in range(count)]
    jobs = (Job(program, (Call("x"),)) for program in programs)
    assert [f.replies[0].value for f in sandbox.run_all(jobs)] == [["int", hex(n)] for n in range(count)]


def test_many_threads_may_run_jobs(sandbox: Sandbox) -> None:
    count = 6 if sandbox.level in ("rlimits", "wasm") else 100
    with ThreadPoolExecutor(12) as threads:
        results = list(threads.map(lambda n: ask(sandbox, f"x = {n}", "x"), range(count)))
    assert [f.replies[0].value for f in results] == [["int", hex(n)] for n in range(count)]


def test_a_program_may_have_some_threads(sandbox: Sandbox) -> None:
    if sandbox.level == "wasm":
        pytest.skip("the WebAssembly Python has no threads")
    program = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def f():\n    with ThreadPoolExecutor(8) as t: return sum(t.map(lambda n: n * n, range(50)))"
    )
    assert ask(sandbox, program, "f()").replies[0].value == ["int", hex(sum(n * n for n in range(50)))]


def test_asyncio_works(sandbox: Sandbox) -> None:
    if sandbox.level == "wasm":
        pytest.skip("the WebAssembly Python has no sockets")
    program = (
        "import asyncio\nasync def g(): await asyncio.sleep(0.01); return 5\ndef f(): return asyncio.run(g())"
    )
    assert ask(sandbox, program, "f()").replies[0].value == ["int", "0x5"]


def test_a_slow_job_does_not_hold_up_quick_ones(sandbox: Sandbox) -> None:
    if sandbox.level in ("rlimits", "wasm"):
        pytest.skip("two slots are soon full")
    slow = Job("while True: pass", limits=Limits(cpu_s=0.6, wall_s=3.0))
    ends: list[str] = []
    waiting = [threading.Thread(target=lambda: ends.append(sandbox.run(slow).ended)) for _ in range(4)]
    for thread in waiting:
        thread.start()
    time.sleep(0.2)
    results = [ask(sandbox, "x = 1", "x") for _ in range(20)]
    assert not ends  # the slow ones are still running
    assert {result.ended for result in results} == {"finished"}
    for thread in waiting:
        thread.join()
    assert ends == ["cpu"] * 4
