"""Worker processes that answer JSON lines, with a deadline that holds: a late one is killed and replaced.

A worker is `python -m MODULE`. Its first line of input is its settings, each further line a request,
and it answers each with one line of at most `max_reply_bytes`; it says `"ready"` first. It is started
without the environment of this process (nothing there can leak), and with no descriptors but its pipes.
Safe to use from any thread.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

_ROOT = Path(__file__).resolve().parents[2]

START_DEADLINE_S = 60.0
"""A start takes 0.1-0.5 s alone and many times that on a loaded machine; not part of a request's deadline."""

_BLOCK = 1 << 16

Reply: TypeAlias = Any
"""What a worker's line of JSON holds."""


class ProcessLost(Exception):
    """A worker ended, or was ended from outside, without a reply."""


class ProcessLate(Exception):
    """A worker did not reply in time and was killed."""


class ReplyTooLong(Exception):
    """A reply went on past its limit; the worker was killed."""


class Process:
    """One process and its two pipes; used by one thread at a time."""

    def __init__(self, module: str, settings: object) -> None:
        path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PYTHONPATH": path, "LANG": "C.UTF-8", "TZ": "UTC"},
        )
        try:
            if self._exchange(settings, START_DEADLINE_S, 1 << 10) != "ready":
                raise ProcessLost("no greeting")
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, request: object, deadline_s: float, max_reply_bytes: int) -> Reply:
        """The reply; without one the process is dead and the exception says why."""
        try:
            return self._exchange(request, deadline_s, max_reply_bytes)
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

    def _exchange(self, request: object, deadline_s: float, max_reply_bytes: int) -> Reply:
        limit = time.monotonic() + deadline_s
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise ProcessLost("its input is closed") from error
        line = self._line(limit, max_reply_bytes)
        try:
            return json.loads(line)
        except ValueError as error:
            raise ProcessLost("its reply is no JSON") from error

    def _line(self, limit: float, max_bytes: int) -> bytes:
        assert self._process.stdout is not None
        descriptor, reply = self._process.stdout.fileno(), bytearray()
        # poll, not select: a build may hold more than 1024 descriptors
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        while not reply.endswith(b"\n"):
            if not poller.poll(max(0.0, limit - time.monotonic()) * 1000):
                raise ProcessLate("no reply in time")
            part = os.read(descriptor, _BLOCK)
            if not part:
                raise ProcessLost("it ended")
            reply += part
            if len(reply) > max_bytes:
                raise ReplyTooLong(f"more than {max_bytes} bytes")
        return bytes(reply)


@dataclass
class ProcessPool:
    """At most `size` processes of one module; `ask` blocks until one is free.

    `attempts`: how many processes in a row a request may cost before it counts as lost.
    """

    module: str
    settings: object
    size: int = 1
    attempts: int = 2
    _idle: list[Process] = field(default_factory=list, init=False)
    _busy: set[Process] = field(default_factory=set, init=False)
    _closed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._places = threading.BoundedSemaphore(self.size)
        self._lock = threading.Lock()

    def ask(self, request: object, deadline_s: float, max_reply_bytes: int) -> Reply:
        """A worker's reply; ProcessLate, ReplyTooLong, or ProcessLost where `attempts` ended without one."""
        with self._places:
            for attempt in range(1, self.attempts + 1):
                try:
                    return self._ask_once(request, deadline_s, max_reply_bytes)
                except ProcessLost:
                    # once more: the first may have been killed from outside
                    if attempt == self.attempts or self._closed:
                        raise
        raise AssertionError("a pool makes at least one attempt")

    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        with self._lock:
            return [process.pid for process in (*self._idle, *self._busy)]

    def close(self) -> None:
        """Kill all workers; asking afterwards is an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for process in idle:
            process.kill()
        for process in busy:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, 9)  # its own thread reaps it when the pipe ends

    def _ask_once(self, request: object, deadline_s: float, max_reply_bytes: int) -> Reply:
        process = self._take()
        try:
            reply = process.ask(request, deadline_s, max_reply_bytes)
        except BaseException:
            with self._lock:
                self._busy.discard(process)
            raise
        with self._lock:
            self._busy.discard(process)
            # a worker that says it is spent (it ran out of memory) is not trusted with the next request
            keep = not self._closed and not (isinstance(reply, dict) and reply.get("spent"))
            if keep:
                self._idle.append(process)
        if not keep:
            process.kill()
        return reply

    def _take(self) -> Process:
        with self._lock:
            if self._closed:
                raise RuntimeError("this judge is closed")
            process = self._idle.pop() if self._idle else None
            if process is not None:
                self._busy.add(process)
                return process
        process = Process(self.module, self.settings)
        with self._lock:
            self._busy.add(process)
            closed = self._closed
        if closed:
            process.kill()
        return process
