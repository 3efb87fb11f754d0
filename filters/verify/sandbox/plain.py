"""The weakest sandbox: `python -I -S` in a process of its own for each job, with resource limits.

It holds what a program may use, not what it may read or send. For machines where nothing better
works, and as the plain way that faster and safer ones are measured against. Where the launcher is
root the programs run as nobody.
"""

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from filters.verify.closing import Closing
from filters.verify.sandbox.base import finished
from filters.verify.sandbox.enclosure import launched
from filters.verify.sandbox.inside.schedule import CPU, ENDED, TIMEOUT, Case
from filters.verify.sandbox.interpreter import INSIDE, NOBODY, ROOT, Interpreter, python_command, site_folders
from filters.verify.sandbox.job import Finished, Job, Level
from filters.verify.sandbox.job_files import JobFiles
from filters.verify.sandbox.warm import ended
from filters.verify.sandbox.zygote_process import Report

_LOOK_S = 0.05
_START_S = 0.1
"""Processor time of starting Python and of dropping root; not the program's."""


class PlainSandbox(Closing):
    """A fresh interpreter for every job."""

    def __init__(self, slots: int = 2, *, site_packages: bool = False) -> None:
        self._slots = slots
        self._sites = site_folders() if site_packages else []
        self._python = Interpreter.running()

    @property
    def level(self) -> Level:
        """Always `rlimits`."""
        return "rlimits"

    @property
    def slots(self) -> int:
        """How many jobs `run_all` runs at once."""
        return self._slots

    def run(self, job: Job) -> Finished:
        """Run one job to its end or its limits."""
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            files = stack.enter_context(JobFiles(job))
            if os.geteuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
            report = _watch(self._start(folder, files), job)
            lines, out, err = files.read()
            return finished(
                lines,
                ended(report, files, job),
                self.level,
                calls=len(job.calls),
                stdout=out,
                stderr=err,
                exit_status=os.waitstatus_to_exitcode(report.status),
                wall_s=report.wall_s,
                cpu_s=report.cpu_s,
            )

    def _start(self, folder: str, files: JobFiles) -> subprocess.Popen[bytes]:
        job_file, result, out, err, *stdin = files.descriptors
        paths = [str(ROOT), *map(str, self._sites)]
        start = (
            f"import os, sys; os.chdir({folder!r}); sys.path += {paths!r}; "
            f"from filters.verify.sandbox.inside import once; once.main({result}, {job_file})"
        )
        line = python_command(self._python.executable, start)
        return subprocess.Popen(
            launched(line, [*self._python.folders, INSIDE, *self._sites]),
            stdin=stdin[0] if stdin else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd="/",
            env={},
            pass_fds=(result, job_file),
            start_new_session=True,
        )

    def run_all(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Run many at once, results in order."""
        with ThreadPoolExecutor(self._slots) as threads:
            yield from threads.map(self.run, jobs)

    def close(self) -> None:
        """Nothing is kept open."""


def _watch(process: subprocess.Popen[bytes], job: Job) -> Report:
    """Wait for its end, or end it at a limit; with it goes its whole session."""
    limits = job.limits
    case = Case(0, process.pid, time.monotonic(), limits.cpu_s + _START_S, limits.wall_s)
    poll = select.poll()
    pidfd = os.pidfd_open(process.pid)
    try:
        poll.register(pidfd, select.POLLIN)
        while case.why == ENDED and not poll.poll(_LOOK_S * 1000):
            case.why = case.too_long(time.monotonic(), case.used_s())
        wall_s = case.wall_s(time.monotonic())
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it started and left in its session
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        os.close(pidfd)
    process.returncode = os.waitstatus_to_exitcode(status)
    why = case.why if case.why in (CPU, TIMEOUT) else ENDED
    return Report(status, why, wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10)
