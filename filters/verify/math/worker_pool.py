"""Worker processes with a deadline that holds: a late worker is killed and the next pair gets a new one.

Safe to ask from any thread; no signals, threads or event loops of its own. Workers start with the
first pair, are reused, and end with `close()` or, if the process dies, with their standard input.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]

START_DEADLINE_S = 120.0
"""Importing sympy takes 1-2 s alone and ten times that on a loaded machine; not part of a deadline."""

MAX_REPLY_BYTES = 64
"""A reply is one word; anything longer is not ours."""


class WorkerLost(Exception):
    """A worker ended, or was ended, without a reply."""


class WorkerLate(Exception):
    """A worker did not reply in time and was killed."""


class Worker:
    """One process and its two pipes; used by one thread at a time."""

    def __init__(self, memory_bytes: int, deadline_s: float) -> None:
        path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._deadline_s = deadline_s
        self._process = subprocess.Popen(
            [sys.executable, "-m", "filters.verify.math.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": path},
        )
        try:
            self._send([memory_bytes, deadline_s])
            if self._receive(START_DEADLINE_S) != "ready":
                raise WorkerLost("no greeting")
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, reference: str, answer: str) -> str:
        """The worker's word on one pair; `WorkerLost` or `WorkerLate` (then it is dead) without one."""
        try:
            self._send([reference, answer])
            return self._receive(self._deadline_s)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End the process and reap it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # a last write that nobody read
                    pipe.close()

    def _send(self, message: list[object]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise WorkerLost("its input is closed") from error

    def _receive(self, seconds: float) -> str:
        assert self._process.stdout is not None
        descriptor, reply = self._process.stdout.fileno(), b""
        limit = time.monotonic() + seconds
        # poll, not select: a build may hold more than 1024 descriptors
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        while not reply.endswith(b"\n"):
            if not poller.poll(max(0.0, limit - time.monotonic()) * 1000):
                raise WorkerLate(f"no reply in {seconds} s")
            part = os.read(descriptor, MAX_REPLY_BYTES)
            if not part or len(reply) > MAX_REPLY_BYTES:
                raise WorkerLost("it ended")
            reply += part
        return reply.decode("ascii", "replace").strip()


class WorkerPool:
    """At most `size` workers; `ask` blocks until one is free."""

    def __init__(self, size: int, deadline_s: float, memory_bytes: int) -> None:
        self._deadline_s, self._memory_bytes = deadline_s, memory_bytes
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._closed = False

    def ask(self, reference: str, answer: str) -> str:
        """A worker's word, or `timeout`, or `crashed` where two workers in a row were lost."""
        with self._places:
            for _ in range(2):  # once more: the first may have been killed from outside
                try:
                    return self._ask_once(reference, answer)
                except WorkerLate:
                    return "timeout"
                except WorkerLost:
                    continue
        return "crashed"

    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        with self._lock:
            return [worker.pid for worker in (*self._idle, *self._busy)]

    def close(self) -> None:
        """Kill all workers; asking afterwards is an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for worker in idle:
            worker.kill()
        for worker in busy:
            os.kill(worker.pid, 9)  # its own thread reaps it when the pipe ends

    def _ask_once(self, reference: str, answer: str) -> str:
        worker = self._take()
        try:
            word = worker.ask(reference, answer)
        except BaseException:
            with self._lock:
                self._busy.discard(worker)
            raise
        with self._lock:
            self._busy.discard(worker)
            keep = word != "memory" and not self._closed
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.kill()
        return word

    def _take(self) -> Worker:
        with self._lock:
            if self._closed:
                raise RuntimeError("this judge is closed")
            worker = self._idle.pop() if self._idle else None
            if worker is not None:
                self._busy.add(worker)
                return worker
        worker = Worker(self._memory_bytes, self._deadline_s)
        with self._lock:
            self._busy.add(worker)
        return worker
