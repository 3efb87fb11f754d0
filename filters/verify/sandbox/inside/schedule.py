"""Which cases compute now, and when one has had enough. Standard library only.

Most cases take a millisecond. One that has used `QUICK_S` of processor time is *long*: it gets a lower
priority, and no more long ones run at once than there are cores; the others are stopped, and the
time that they are stopped is not counted against their wall limit. So endless loops do not
keep quick cases waiting, and a slow but right program meets its own limits, not its neighbours.
"""

import contextlib
import os
import signal
import time

QUICK_S = 0.1
TURN_S = 1.0
"""A long case makes way for a waiting one after this long."""
NICER = 5
COMPUTING = 0.2
"""A case that used this share of its wall time as processor time is computing, not waiting."""
PATIENCE = 3.0
"""A computing case gets its wall limit this many times: on a busy machine it needs longer."""
ENDED, CPU, TIMEOUT, BROKEN = 0, 1, 2, 3
"""Why a case ended: by itself, killed for one of its limits, or before its program because it could not be confined."""


class Case:
    """A running job."""

    __slots__ = ("_limit_s", "cpu_s", "due", "number", "pid", "since", "start", "stopped_s", "why")

    def __init__(self, number: int, pid: int, start: float, cpu_s: float, wall_s: float) -> None:
        self.number = number
        self.pid = pid
        self.start = start
        self.cpu_s = cpu_s
        self._limit_s = wall_s
        self.why = ENDED
        self.stopped_s = 0.0
        self.since = start
        """When its turn began, or when it was stopped."""
        self.due = start + min(QUICK_S, cpu_s, wall_s)

    def used_s(self) -> float:
        """Processor seconds of all its threads, by the clock that Linux keeps for each process."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0  # it has just ended

    def wall_s(self, now: float) -> float:
        """Seconds since its start, those in which it was stopped left out."""
        return now - self.start - self.stopped_s

    def too_long(self, now: float, used_s: float) -> int:
        """`CPU` or `TIMEOUT` where a limit is reached, else `ENDED`."""
        wall_s = self.wall_s(now)
        if used_s >= self.cpu_s:
            return CPU
        computing = used_s > COMPUTING * wall_s and wall_s < PATIENCE * self._limit_s
        return TIMEOUT if wall_s >= self._limit_s and not computing else ENDED

    def next_look(self, now: float, used_s: float, cores: int) -> float:
        """When a limit can be reached next."""
        wall_left_s = self._limit_s - self.wall_s(now)
        soonest_s = min((self.cpu_s - used_s) / cores, wall_left_s if wall_left_s > 0 else 0.05)
        return now + max(soonest_s, 0.01)


class Schedule:
    """The running cases."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._cases: set[Case] = set()
        self._long: list[Case] = []
        self._waiting: list[Case] = []
        self._due = 0.0

    def add(self, case: Case) -> None:
        """A case was born."""
        self._due = min(self._due, case.due) if self._cases else case.due
        self._cases.add(case)

    def remove(self, case: Case) -> None:
        """A case ended."""
        self._cases.discard(case)
        if case in self._long:
            self._long.remove(case)
            self._wake(time.monotonic())
        elif case in self._waiting:
            self._waiting.remove(case)

    def pause_ms(self) -> int | None:
        """Milliseconds until something must be looked at, None if nothing will."""
        if not self._cases:
            return None
        return max(0, int((self._due - time.monotonic()) * 1000) + 1)

    def look(self) -> None:
        """Look at the cases that are due."""
        if not self._cases or time.monotonic() < self._due:
            return
        now = time.monotonic()
        for case in [c for c in self._cases if c.due <= now]:
            if case not in self._waiting:
                self._look_at(case, now)
        self._due = min((c.due for c in self._cases if c not in self._waiting), default=now + 1.0)

    def _look_at(self, case: Case, now: float) -> None:
        used_s = case.used_s()
        case.why = case.too_long(now, used_s)
        if case.why != ENDED:
            _signal(case, signal.SIGKILL)
            case.due = now + 1.0
            return
        case.due = case.next_look(now, used_s, self._cores)
        if used_s < min(QUICK_S, case.cpu_s) * 0.9:
            case.due = min(case.due, now + QUICK_S)
        elif case not in self._long:
            self._lengthen(case, now)
        elif self._waiting and now - case.since >= TURN_S:
            self._long.remove(case)
            self._stop(case, now)
            self._wake(now)
        if case in self._long and self._waiting:
            case.due = min(case.due, case.since + TURN_S)

    def _lengthen(self, case: Case, now: float) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, case.pid, NICER)
        if len(self._long) < self._cores:
            case.since = now
            self._long.append(case)
        else:
            self._stop(case, now)
            for running in self._long:
                running.due = min(running.due, max(now, running.since + TURN_S))

    def _stop(self, case: Case, now: float) -> None:
        _signal(case, signal.SIGSTOP)
        case.since = now
        self._waiting.append(case)

    def _wake(self, now: float) -> None:
        if not self._waiting or len(self._long) >= self._cores:
            return
        case = self._waiting.pop(0)
        case.stopped_s += now - case.since
        case.since = now
        case.due = case.next_look(now, case.used_s(), self._cores)
        self._due = min(self._due, case.due)
        self._long.append(case)
        _signal(case, signal.SIGCONT)


def _signal(case: Case, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(case.pid, number)
