"""The fork server inside the sandbox: a child for every job, its limits, its end. Standard library only.

It talks to its supervisor over one SEQPACKET socket. First comes a JSON message with its settings,
answered by one that says what it could do. Then each job is a `REQUEST` with the files of the job,
answered by a `REPORT`; a job numbered 0 is a question whether it lives. It never reads a job's text
nor its results: they pass it as files, because every later case could find them in its memory.
"""

import contextlib
import fcntl
import gc
import json
import os
import random
import resource
import select
import socket
import struct
import sys
import threading
import time
from typing import Any

from filters.verify.sandbox.inside import case, kernel, landlock
from filters.verify.sandbox.inside.schedule import BROKEN, Case, Schedule

REQUEST = struct.Struct("<QddQQ")
"""Number of the job, seconds of processor and wall time, bytes of memory, most bytes of a file."""
REPORT = struct.Struct("<QiBddQ")
"""Number of the job, wait status, `Why`, wall and processor seconds, peak resident bytes."""
_MOST_FILES = 5
_THREAD_STACK = 1 << 20


def main(fd: int) -> None:
    """Serve until the other end of socket `fd` is closed."""
    server = socket.socket(fileno=fcntl.fcntl(fd, fcntl.F_DUPFD, 10))
    settings = json.loads(server.recv(1 << 20))
    notes = _prepare(settings)
    zygote = Zygote(server, settings)
    server.send(json.dumps({"notes": notes}).encode())
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page of what is imported here
    zygote.serve()
    os._exit(0)  # the cases die with their namespace or their parent


def _prepare(settings: dict[str, Any]) -> list[str]:
    notes = []
    os.environ.clear()
    for name, value in settings["environment"].items():
        os.environ[name] = value
    case.furnish()
    sys.path[:] = [*(p for p in sys.path if p != settings["root"]), *settings["site_packages"]]
    for name in settings["preload"]:
        try:
            __import__(name)
        except ImportError:
            notes.append(f"no module {name}")
    random.seed(0)  # a program without a seed of its own does the same every time
    threading.stack_size(_THREAD_STACK)
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        resource.setrlimit(kind, (0, 0))
    kernel.seal_process()
    if not settings["namespaces"]:
        kernel.die_with_parent()  # a fork of the launcher may hold the other end of the socket open
    if settings["readable"] is not None and not landlock.only_read(settings["readable"]):
        notes.append("no Landlock")
    return notes


class Zygote:
    """Takes jobs, makes cases, reports their ends."""

    def __init__(self, server: socket.socket, settings: dict[str, Any]) -> None:
        self._server = server
        self._namespaces: bool = settings["namespaces"]
        self._filter = kernel.Filter(bytes.fromhex(settings["filter"]))
        flags = kernel.CLONE_NEWPID | kernel.CLONE_NEWNS if self._namespaces else 0
        self._cloner = kernel.Cloner(flags)
        self._schedule = Schedule(settings["cores"])
        self._cases: dict[int, Case] = {}
        self._poll = select.poll()
        self._poll.register(server, select.POLLIN)
        self._me = os.getpid()
        self._trouble = _occupy_low_files()
        self._troubled: list[int] = []

    def serve(self) -> None:
        """Until the supervisor is gone."""
        listening = self._server.fileno()
        while True:
            for fd, _ in self._poll.poll(self._schedule.pause_ms()):
                if fd == listening:
                    if not self._take():
                        return
                else:
                    self._bury(fd)
            self._schedule.look()

    def _take(self) -> bool:
        request, files, _, _ = socket.recv_fds(self._server, REQUEST.size, _MOST_FILES)
        if not request:
            return False
        number, cpu_s, wall_s, memory, most = REQUEST.unpack(request)
        if not number:
            self._server.send(REPORT.pack(0, 0, 0, 0.0, 0.0, 0))
            return True
        start = time.monotonic()
        pid = self._cloner.clone()
        if not pid:
            case.live(number, files, (cpu_s, memory, most), self._namespaces, self._me, self._filter)
        for fd in files:
            os.close(fd)
        born = Case(number, pid, start, cpu_s, wall_s)
        fd = os.pidfd_open(pid)
        self._cases[fd] = born
        self._poll.register(fd, select.POLLIN)
        self._schedule.add(born)
        return True

    def _bury(self, fd: int) -> None:
        dead = self._cases.pop(fd)
        self._poll.unregister(fd)
        os.close(fd)
        _, status, usage = os.wait4(dead.pid, 0)
        self._schedule.remove(dead)
        why = BROKEN if status and dead.number in self._broken() else dead.why
        cpu_s = usage.ru_utime + usage.ru_stime
        wall_s = dead.wall_s(time.monotonic())
        report = REPORT.pack(dead.number, status, why, wall_s, cpu_s, usage.ru_maxrss << 10)
        self._server.send(report)

    def _broken(self) -> list[int]:
        """Numbers of the cases that could not be confined; nothing that a program can say."""
        with contextlib.suppress(BlockingIOError):
            self._troubled += [n for (n,) in case.BROKEN.iter_unpack(os.read(self._trouble, 4096))]
        return self._troubled


def _occupy_low_files() -> int:
    """Arriving files must not be given 0 to 4: the case puts its own there. Gives the reading end of `TROUBLE`.

    0 reads as empty, for a job without standard input.
    """
    empty, nothing = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in os.pipe())
    trouble, telling = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in os.pipe())
    for fd, target in ((empty, 0), (2, 1), (2, case.RESULT), (telling, case.TROUBLE)):
        os.dup2(fd, target)
    for fd in (empty, nothing, telling):
        os.close(fd)
    os.closerange(case.TROUBLE + 1, 10)
    os.set_blocking(trouble, False)
    return trouble
