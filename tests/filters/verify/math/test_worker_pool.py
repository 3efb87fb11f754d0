"""Workers keep their deadline, are replaced, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from filters.verify.math.worker_pool import WorkerPool

DEADLINE_S = 1.5
OVERHEAD_S = 25.0
"""A killed worker gives back its memory first, and its successor imports sympy, on a busy machine."""


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2, DEADLINE_S, 2 << 30)
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("reference", "answer", "word"),
    [
        ("\\sin(x)^2+\\cos(x)^2", "1", "equal"),
        ("\\sin x", "\\cos x", "different"),
        ("x<3", "3>x", "equal"),
        ("(2,12) \\cup (12,102)", "(12,102) \\cup (2,12)", "equal"),
        ("(2,12) \\cup (12,102)", "(2,102)", "different"),
        ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1\\\\3\\end{pmatrix}", "different"),
        ("5x-7y+4=0", "7y-5x=4", "equal"),
        ("\\sqrt[3]{2+\\sqrt5}+\\sqrt[3]{2-\\sqrt5}", "1", "unconfirmed"),  # equal in the reals
        ("\\begin{pmatrix}\\frac13\\end{pmatrix}", "\\begin{pmatrix}0.33\\end{pmatrix}", "unconfirmed"),
    ],
)
def test_a_worker_says_what_algebra_says(pool: WorkerPool, reference: str, answer: str, word: str) -> None:
    assert pool.ask(reference, answer).word == word


@pytest.mark.parametrize("answer", ["9^{9^{9^9}}", "((9!)!)!", "{" * 2000 + "1" + "}" * 2000, "1" * 20_000])
def test_a_hostile_answer_costs_its_deadline_and_the_next_pair_is_fine(pool: WorkerPool, answer: str) -> None:
    began = time.monotonic()
    assert pool.ask("2", answer).word in ("timeout", "memory", "unparsed", "error", "crashed")
    assert time.monotonic() - began < DEADLINE_S + OVERHEAD_S
    assert pool.ask("\\cos(0)", "1").word == "equal"


def test_a_worker_killed_from_outside_is_replaced(pool: WorkerPool) -> None:
    assert pool.ask("\\cos(0)", "1").word == "equal"
    for pid in pool.pids():
        os.kill(pid, signal.SIGKILL)
    assert pool.ask("\\cos(0)", "1").word == "equal"


def test_a_server_killed_from_outside_is_replaced(pool: WorkerPool) -> None:
    assert pool.ask("\\cos(0)", "1").word == "equal"
    assert pool._server is not None
    workers = pool.pids()
    os.kill(pool._server._process.pid, signal.SIGKILL)
    pool._server._process.wait()
    assert pool.ask("\\cos(0)", "1").word == "equal"
    assert not set(workers) & set(pool.pids())


def test_a_replacement_costs_milliseconds_and_no_import(pool: WorkerPool) -> None:
    pool.ask("\\cos(0)", "1")
    for worker in list(pool._idle):
        worker.kill()
    pool._idle.clear()
    began = time.monotonic()
    assert pool.ask("\\cos(0)", "1").word == "equal"
    assert time.monotonic() - began < 0.8  # 0.02 s alone; an import takes 1 to 2 s


def test_threads_share_a_pool(pool: WorkerPool) -> None:
    words: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: words.append(pool.ask(f"\\sin({n})", f"\\sin({n})+0").word))
        for n in range(1, 7)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words == ["equal"] * 6
    assert len(pool.pids()) <= 2


def test_closing_ends_every_worker_even_a_busy_one() -> None:
    pool = WorkerPool(1, 60.0, 2 << 30)
    words: list[str] = []
    thread = threading.Thread(target=lambda: words.append(_word_or_error(pool)))
    thread.start()
    while not pool.pids():
        time.sleep(0.05)
    (pid,) = pool.pids()
    pool.close()
    thread.join(timeout=30)
    assert words == ["RuntimeError"]
    assert not Path(f"/proc/{pid}").exists()


def test_a_worker_ends_with_the_process_that_started_it() -> None:
    program = (
        "import os; from filters.verify.math.worker_pool import WorkerPool as P; pool = P(1, 9.0, 2 << 30);"
        "pool.ask('\\\\cos(0)', '1'); print(pool.pids()[0], flush=True); os._exit(1)"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    limit = time.monotonic() + OVERHEAD_S
    while _lives(int(printed.stdout)):
        assert time.monotonic() < limit
        time.sleep(0.1)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it may end between a look and the reading
        return False
    # without an init that reaps, an ended orphan stays as a zombie
    return state.rpartition(")")[2].split()[0] != "Z"


def _word_or_error(pool: WorkerPool) -> str:
    try:
        return pool.ask("2", "9^{9^{9^9}}").word
    except RuntimeError as error:
        return type(error).__name__
