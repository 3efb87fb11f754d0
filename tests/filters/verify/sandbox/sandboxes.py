"""What the tests of the sandboxes share: the levels that work here, processes, small jobs."""

import os
import time
from pathlib import Path

import pytest

from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Call, Finished, Job, Level, Limits
from filters.verify.sandbox.levels import NoSandbox, open_sandbox

QUICK = Limits(cpu_s=0.1, wall_s=0.3, memory_bytes=128 << 20)


def opened(level: Level) -> Sandbox:
    """The sandbox of just this level; skips the test where this machine has none."""
    try:
        return open_sandbox(level, levels=(level,))
    except NoSandbox as error:
        if "a probing program could" in str(error):
            pytest.fail(str(error))  # it starts, but does not hold: not the machine's fault
        pytest.skip(str(error))


def ask(sandbox: Sandbox, program: str, *calls: str, limits: Limits | None = None) -> Finished:
    """Run a program and calls on it."""
    return sandbox.run(Job(program, tuple(map(Call, calls)), limits=limits or Limits()))


def living(pids: list[int]) -> list[int]:
    """Those of the processes that still live."""
    alive = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z":
            alive.append(pid)
    return alive


def left(pids: list[int], seconds: float = 10.0) -> list[int]:
    """Those that still live after so long; the kernel takes a namespace's processes down one by one."""
    limit = time.monotonic() + seconds
    while (alive := living(pids)) and time.monotonic() < limit:
        time.sleep(0.05)
    return alive


def is_root() -> bool:
    """Whether the tests are run by root."""
    return os.geteuid() == 0
