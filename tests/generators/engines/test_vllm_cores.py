"""Leaving the cores that vLLM's workers are tied to."""

import os
import subprocess
import sys
import threading

import pytest

from generators.engines.vllm_inside.cores import give_way, take_back

pytest.importorskip("psutil")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="needs Linux and two cores"
)

_TIED = """
import os, sys
os.sched_setaffinity(0, {int(core) for core in sys.argv[1:]})
print("tied", flush=True)
sys.stdin.read()
"""


def test_a_core_that_a_child_is_tied_to_is_left_to_it_and_taken_back() -> None:
    before = frozenset(os.sched_getaffinity(0))
    taken = min(before)
    asked, seen, done = threading.Event(), [], threading.Event()

    def other_thread() -> None:
        asked.wait()
        seen.append(frozenset(os.sched_getaffinity(0)))
        done.set()

    threading.Thread(target=other_thread).start()
    with _child(taken) as child:
        try:
            give_way()
            assert frozenset(os.sched_getaffinity(0)) == before - {taken}
            asked.set()
            done.wait()
            assert seen == [before - {taken}]
        finally:
            take_back()
        assert frozenset(os.sched_getaffinity(0)) == before
        give_way()
        child.communicate()
    give_way()
    assert frozenset(os.sched_getaffinity(0)) == before


def test_a_child_that_may_use_all_cores_takes_none() -> None:
    before = frozenset(os.sched_getaffinity(0))
    with _child(*before) as child:
        give_way()
        assert frozenset(os.sched_getaffinity(0)) == before
        child.communicate()


def test_the_last_core_is_never_left() -> None:
    before = frozenset(os.sched_getaffinity(0))
    half = min(before)
    with _child(half) as first, _child(*before - {half}) as second:
        give_way()
        assert frozenset(os.sched_getaffinity(0)) == before
        first.communicate()
        second.communicate()


def _child(*cores: int) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _TIED, *map(str, cores)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "tied\n"
    return child
