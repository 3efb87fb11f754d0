"""A hundred programs that mean harm: none is believed, learns a secret, stays, or spoils the next."""

import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Call, Finished, Job, Level
from tests.filters.verify.sandbox.sandboxes import QUICK, ask, opened
from tests.processes import below

PROGRAMS: list[dict[str, Any]] = json.loads(
    Path(__file__).parents[3].joinpath("cases", "hostile_programs.json").read_text(encoding="utf-8")
)
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
BENIGN = (
    "import heapq, math, os, random, string\n"
    "def f(x): return [math.sqrt(x), sum([1, 2]), heapq.nlargest(1, [3, x]), string.digits, len(os.environ),"
    " os.path.exists('/tmp/left'), random.random()]"
)
DONE = (
    "CALLED",
    "READ",
    "REMOVED",
    "OPENED",
    "KILLED",
    "SOCKET",
    "NETWORK",
    "RAISED",
    "SHARED",
    "MEMFD",
    "uid=",
)
"""Words that begin a line of what a program prints when a forbidden thing worked."""
MARKED = ("/tmp", "/var/tmp", "/root", "/", "/dev/shm", "/etc", "/usr/lib", ".")


@dataclass
class World:
    """A sandbox, secrets planted around it, and what each program came to."""

    sandbox: Sandbox
    planted: list[str]
    known: dict[str, str]
    outcomes: dict[str, tuple[Finished, Finished]]
    benign: Finished
    processes: tuple[int, int]
    core_pattern: tuple[str, str]


@pytest.fixture(scope="module", params=["namespaces", "seccomp"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    level: Level = request.param
    with contextlib.ExitStack() as stack:
        known = {name: secrets.token_hex(8) for name in ("environment", "private", "public", "reference")}
        os.environ["SECRET_TOKEN"] = known["environment"]
        stack.callback(os.environ.pop, "SECRET_TOKEN", None)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        for name, mode in (("private", 0o600), ("public", 0o644)):
            (folder / name).write_text(known[name])
            (folder / name).chmod(mode)
        sandbox = stack.enter_context(opened(level))
        planted = [str(folder / "private"), str(folder / "public")]
        yield _battery(sandbox, planted, known)


def _battery(sandbox: Sandbox, planted: list[str], known: dict[str, str]) -> World:
    reference = Job(f"m = 'REFERENCE_MARK_{known['reference']}'\ndef f(): return m * 20", (Call("f()"),))
    benign = ask(sandbox, BENIGN, "f(4)")
    before, pattern = len(list(below(os.getpid()))), CORE_PATTERN.read_text()

    def one(case: dict[str, Any]) -> tuple[Finished, Finished]:
        program = "\n".join(case["program"])
        program = program.replace("LAUNCHER", str(os.getpid())).replace("PLANTED", repr(planted))
        sandbox.run(reference)
        hostile = ask(sandbox, program, "answer(1)", "answer(2)", "answer(3)", limits=QUICK)
        return hostile, ask(sandbox, BENIGN, "f(4)")

    with ThreadPoolExecutor(4) as threads:
        outcomes = dict(zip((case["name"] for case in PROGRAMS), threads.map(one, PROGRAMS), strict=True))
    after = len(list(below(os.getpid())))
    return World(
        sandbox, planted, known, outcomes, benign, (before, after), (pattern, CORE_PATTERN.read_text())
    )


def test_there_are_enough_of_them() -> None:
    assert len({case["name"] for case in PROGRAMS}) == len(PROGRAMS) >= 60


@pytest.mark.parametrize("name", [case["name"] for case in PROGRAMS])
def test_it_gains_nothing(world: World, name: str) -> None:
    hostile, following = world.outcomes[name]
    assert hostile.ended != "crashed"
    said = (
        json.dumps([reply.value for reply in hostile.replies])
        + hostile.stdout
        + hostile.stderr
        + str(hostile)
    )
    assert [what for what, secret in world.known.items() if secret in said] == []
    assert [line for line in hostile.stdout.splitlines() if line.startswith(DONE)] == []
    assert (following.ended, following.replies) == ("finished", world.benign.replies)


RIGHT = [["int", hex(6 * 7 * n)] for n in (1, 2, 3)]
"""What a judge that compares outside would accept as answers; only their author knows the rule."""


@pytest.mark.parametrize("name", [case["name"] for case in PROGRAMS])
def test_no_answer_is_forged(world: World, name: str) -> None:
    hostile, _ = world.outcomes[name]
    assert [reply.value for reply in hostile.replies] != RIGHT
    if hostile.ended == "finished":
        assert len(hostile.replies) == 3 or hostile.raised is not None


def test_the_comparison_above_accepts_the_right_program(world: World) -> None:
    right = ask(world.sandbox, "def answer(n): return 42 * n", "answer(1)", "answer(2)", "answer(3)")
    assert [reply.value for reply in right.replies] == RIGHT


@pytest.mark.parametrize("name", [case["name"] for case in PROGRAMS if case["kind"] == "time"])
def test_what_takes_too_long_is_ended(world: World, name: str) -> None:
    if name in ("const-fold-string", "read-stdin"):
        return
    assert world.outcomes[name][0].ended in ("cpu", "timeout", "memory")


def test_no_process_is_left(world: World) -> None:
    before, after = world.processes
    assert after <= before


def test_nothing_outside_has_changed(world: World) -> None:
    assert world.core_pattern[0] == world.core_pattern[1]
    assert [folder for folder in MARKED if os.path.exists(f"{folder}/corrigenda-mark")] == []  # noqa: PTH110
    assert [Path(path).exists() for path in world.planted] == [True, True]
