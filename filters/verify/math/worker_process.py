"""The parent's side of a worker: starting the server, having it fork, asking, killing.

No signals, threads or event loops of its own. A server is used by one thread at a time (it has a
lock), a worker by the one that took it.
"""

import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]

START_DEADLINE_S = 120.0
"""Importing sympy takes 1-2 s alone and ten times that on a loaded machine; not part of a deadline."""

MAX_REPLY_BYTES = 1024
"""A reply is three words; anything longer is not ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A worker's word on a pair, and the two opinions behind it (see `worker`)."""

    word: str
    symbolic: str = ""
    numeric: str = ""


class WorkerLost(Exception):
    """A worker, or the server, ended without a reply."""


class WorkerLate(Exception):
    """A worker did not reply in time and was killed."""


class Server:
    """The process that forks workers; commands are given by one thread at a time."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._socket, far = socket.socketpair()
        self._lock = threading.Lock()
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "filters.verify.math.worker_server", str(far.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[far.fileno()],
                cwd=_ROOT,
                env={**os.environ, "PYTHONPATH": path},
            )
        try:
            if _line(self._socket, START_DEADLINE_S) != b"ready":
                raise WorkerLost("no greeting")
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def fork(self, memory_bytes: int, deadline_s: float) -> "Worker":
        """A new worker."""
        near, far = socket.socketpair()
        with far:
            command = f"fork {memory_bytes} {deadline_s}".encode()
            try:
                with self._lock:
                    socket.send_fds(self._socket, [command], [far.fileno()])
                    pid = int(_line(self._socket, START_DEADLINE_S))
            except (OSError, ValueError, WorkerLate, WorkerLost) as error:
                near.close()
                self.close()
                raise WorkerLost("the server ended") from error
        return Worker(self, pid, near, deadline_s)

    def end(self, pid: int) -> None:
        """Kill and reap a worker; of a server that is gone, the workers are gone too."""
        try:
            with self._lock:
                self._socket.sendall(f"kill {pid}".encode())
                _line(self._socket, START_DEADLINE_S)
        except (OSError, WorkerLate, WorkerLost):
            self.close()

    def close(self) -> None:
        """End the server and with it all workers."""
        self._socket.close()
        try:
            self._process.wait(timeout=5)  # it reaps its workers first
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Worker:
    """One forked process and its socket; used by one thread at a time."""

    def __init__(self, server: Server, pid: int, connection: socket.socket, deadline_s: float) -> None:
        self._server, self.pid, self._connection, self._deadline_s = server, pid, connection, deadline_s

    def ask(self, reference: str, answer: str, places: int | None) -> Reply:
        """The worker's word on one pair; `WorkerLost` or `WorkerLate` (then it is dead) without one."""
        try:
            request = json.dumps([reference, answer, places]).encode() + b"\n"
            self._connection.settimeout(self._deadline_s)
            self._connection.sendall(request)
            return Reply(**json.loads(_line(self._connection, self._deadline_s)))
        except (OSError, ValueError, TypeError) as error:
            self.kill()
            raise WorkerLost(str(error)) from error
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End the process and reap it."""
        self._connection.close()
        self._server.end(self.pid)


def _line(connection: socket.socket, seconds: float) -> bytes:
    """One line without its end; `WorkerLate` after so many seconds, `WorkerLost` if there is none."""
    # poll, not select: a build may hold more than 1024 descriptors
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    limit, received = time.monotonic() + seconds, b""
    while not received.endswith(b"\n"):
        if not poller.poll(max(0.0, limit - time.monotonic()) * 1000):
            raise WorkerLate(f"no reply in {seconds} s")
        part = connection.recv(MAX_REPLY_BYTES)
        if not part or len(received) > MAX_REPLY_BYTES:
            raise WorkerLost("it ended")
        received += part
    return received.rstrip(b"\n")
