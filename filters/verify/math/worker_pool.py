"""Worker processes with a deadline that holds: a late worker is killed and the next pair gets a new one.

Safe to ask from any thread; no signals, threads or event loops of its own. The server that forks
workers starts with the first pair; all end with `close()` or with the process that holds the pool.
"""

import threading

from filters.verify.math.worker_process import Reply, Server, Worker, WorkerLate, WorkerLost


class WorkerPool:
    """At most `size` workers; `ask` blocks until one is free."""

    def __init__(self, size: int, deadline_s: float, memory_bytes: int) -> None:
        self._deadline_s, self._memory_bytes = deadline_s, memory_bytes
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._server: Server | None = None
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._closed = False

    def ask(self, reference: str, answer: str, places: int | None = None) -> Reply:
        """A worker's word, or `timeout`, or `crashed` where two workers in a row were lost."""
        with self._places:
            for _ in range(2):  # once more: the first may have been killed from outside
                try:
                    return self._ask_once(reference, answer, places)
                except WorkerLate:
                    return Reply("timeout")
                except WorkerLost:
                    continue
        return Reply("crashed")

    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        with self._lock:
            return [worker.pid for worker in (*self._idle, *self._busy)]

    def close(self) -> None:
        """Kill all workers; asking afterwards is an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            server, self._server = self._server, None
        if server is not None:
            server.close()
        for worker in idle:
            worker.kill()

    def _ask_once(self, reference: str, answer: str, places: int | None) -> Reply:
        worker = self._take()
        try:
            reply = worker.ask(reference, answer, places)
        except BaseException:
            with self._lock:
                self._busy.discard(worker)
            raise
        with self._lock:
            self._busy.discard(worker)
            keep = reply.word != "memory" and not self._closed
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.kill()
        return reply

    def _take(self) -> Worker:
        self._drop_orphans()
        with self._lock:
            worker = self._idle.pop() if self._idle and not self._closed else None
            if worker is not None:
                self._busy.add(worker)
                return worker
        worker = self._started().fork(self._memory_bytes, self._deadline_s)
        with self._lock:
            self._busy.add(worker)
        return worker

    def _drop_orphans(self) -> None:
        """Of a server that was killed from outside the workers have ended too."""
        with self._lock:
            server = self._server
            if server is None or server.alive:
                return
            self._server = None
            orphans, self._idle = self._idle, []
        server.close()
        for worker in orphans:
            worker.kill()

    def _started(self) -> Server:
        with self._starting:  # one start, however many threads wait for it
            with self._lock:
                if self._closed:
                    raise RuntimeError("this judge is closed")
                server = self._server
            if server is not None and server.alive:
                return server
            fresh = Server()
            with self._lock:
                if not self._closed:
                    self._server = fresh
                    return fresh
            fresh.close()
            raise RuntimeError("this judge is closed")
