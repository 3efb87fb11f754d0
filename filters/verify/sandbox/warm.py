"""The warm sandbox: a fork server that is confined once, and a confined child for every job."""

import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from filters.verify.closing import Closing
from filters.verify.sandbox import enclosure
from filters.verify.sandbox.base import finished
from filters.verify.sandbox.inside import schedule
from filters.verify.sandbox.interpreter import Interpreter
from filters.verify.sandbox.job import Ended, Finished, Job, Level
from filters.verify.sandbox.job_files import JobFiles
from filters.verify.sandbox.zygote_process import Order, Report, ZygoteProcess

CORES_OF_A_ZYGOTE = 4
"""One forks about a thousand cases a second; more cores than this need another."""
AHEAD = 64
"""`run_all` keeps this many results for each slot while it waits for an earlier one."""


class WarmSandbox(Closing):
    """Zygotes in the level `namespaces` or `seccomp`; raises `ZygoteFailed` where that does not work here."""

    def __init__(
        self,
        level: Level = "namespaces",
        *,
        slots: int | None = None,
        cores: int | None = None,
        site_packages: bool = False,
        python: Interpreter | None = None,
    ) -> None:
        python = python or Interpreter.running()
        cores = cores or len(os.sched_getaffinity(0))
        self._level = level
        self._slots = slots or max(8, 4 * cores)
        self._free = threading.BoundedSemaphore(self._slots)
        namespaces = level == "namespaces"
        count = -(-cores // CORES_OF_A_ZYGOTE)
        command = enclosure.command(python, namespaces, site_packages)
        settings = enclosure.settings(namespaces, site_packages, -(-cores // count), python)
        self._zygotes: list[ZygoteProcess] = []
        try:
            for _ in range(count):
                self._zygotes.append(ZygoteProcess(command, settings))
        except BaseException:
            self.close()
            raise
        self._turn = 0

    @property
    def level(self) -> Level:
        """`namespaces` or `seccomp`."""
        return self._level

    @property
    def slots(self) -> int:
        """How many jobs run at once."""
        return self._slots

    @property
    def notes(self) -> list[str]:
        """What this machine lacks for the level to be whole (`no Landlock`)."""
        return self._zygotes[0].notes

    @property
    def pids(self) -> list[int]:
        """The processes that were started."""
        return [zygote.pid for zygote in self._zygotes if zygote.pid]

    def run(self, job: Job) -> Finished:
        """Run one job to its end or its limits."""
        done = threading.Lock()
        done.acquire()
        running = self._submit(job, lambda _: done.release())
        done.acquire()
        return running.result()

    def run_all(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Run many; the results in the order of the jobs."""
        coming = iter(jobs)
        pending: deque[_Running] = deque()
        ended: queue.SimpleQueue[_Running] = queue.SimpleQueue()
        under_way, exhausted = 0, False
        while True:
            while not exhausted and under_way < self._slots and len(pending) < AHEAD * self._slots:
                job = next(coming, None)
                if job is None:
                    exhausted = True
                else:
                    pending.append(self._submit(job, ended.put))
                    under_way += 1
            if not pending:
                return
            if pending[0].finished is not None:
                yield pending.popleft().result()
            else:
                # read at once, although it may not be its turn: its files hold four descriptors
                ended.get().result()
                under_way -= 1

    def _submit(self, job: Job, tell: Callable[["_Running"], None]) -> "_Running":
        self._free.acquire()
        self._turn += 1
        running = _Running(job, self._level, self._free, tell)
        zygote = self._zygotes[self._turn % len(self._zygotes)]
        zygote.send(Order(job.limits, running.fresh_files, running.end))
        return running

    def close(self) -> None:
        """End every process."""
        for zygote in self._zygotes:
            zygote.close()


class _Running:
    """A submitted job."""

    def __init__(
        self, job: Job, level: Level, slot: threading.BoundedSemaphore, tell: "Callable[[_Running], None]"
    ) -> None:
        self._job = job
        self._level = level
        self._slot = slot
        self._tell = tell
        self._files: JobFiles | None = None
        self._report: Report | None = None
        self.finished: Finished | None = None

    def fresh_files(self) -> list[int]:
        if self._files is not None:
            self._files.close()
            self._files = None  # where the next line fails there are none
        self._files = JobFiles(self._job)
        return self._files.descriptors

    def end(self, report: Report | None) -> None:
        self._report = report
        self._slot.release()
        self._tell(self)

    def result(self) -> Finished:
        """What came back, read once; only after `end`."""
        if self.finished is None:
            self.finished = self._read()
        return self.finished

    def _read(self) -> Finished:
        if self._files is None:
            return Finished("crashed", self._level)
        with self._files as files:
            report = self._report
            lines, out, err = files.read()
            return finished(
                lines,
                "crashed" if report is None else ended(report, files, self._job),
                self._level,
                calls=len(self._job.calls),
                stdout=out,
                stderr=err,
                exit_status=None if report is None else os.waitstatus_to_exitcode(report.status),
                wall_s=report.wall_s if report else 0.0,
                cpu_s=report.cpu_s if report else 0.0,
            )


def ended(report: Report, files: JobFiles, job: Job) -> Ended:
    """How a job ended, from its report and its files."""
    if report.why in (schedule.BROKEN, schedule.CPU, schedule.TIMEOUT):
        return {schedule.BROKEN: "crashed", schedule.CPU: "cpu", schedule.TIMEOUT: "timeout"}[report.why]  # type: ignore[return-value]
    if files.overflowed():
        return "output"
    code = os.waitstatus_to_exitcode(report.status)
    if code == 0:
        return "finished"
    if code in (-signal.SIGXCPU, -signal.SIGKILL) and report.cpu_s >= job.limits.cpu_s:
        return "cpu"
    if code == -signal.SIGKILL:  # nobody of ours: the kernel, out of memory
        return "memory"
    return "killed" if code < 0 else "exited"
