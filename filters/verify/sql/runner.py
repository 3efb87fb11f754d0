"""Runs of queries in worker processes; reference queries and judged queries never share a process."""

import threading
from collections import OrderedDict
from typing import Literal

from filters.verify.process import ProcessLate, ProcessLost, ProcessPool, ReplyTooLong
from filters.verify.sql.compare import Result
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.reply import RunError, RunRequest
from filters.verify.sql.task import Engine
from filters.verify.sql.values import from_json
from schemas.exceptions import ConfigError

ISOLATION = {
    "sqlite": "process, rlimits, no descriptors, sqlite authorizer",
    "duckdb": "process, rlimits, no descriptors, duckdb read-only transaction",
}
"""What stands between a query and the machine."""

MAX_REFERENCES = 2_000
"""Results of reference queries remembered; the oldest are forgotten."""

LATE_S = 0.25
"""How much longer than the engine's own deadline the process may live."""

Role = Literal["reference", "query"]
Found = Result | RunError


class Runner:
    """Worker pools, one for each engine and role, started when first needed; safe to use from any thread."""

    def __init__(self, options: SqlOptions) -> None:
        self._options = options
        self._pools: dict[tuple[Engine, Role], ProcessPool] = {}
        self._references: OrderedDict[tuple[Engine, RunRequest], Found] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def reference(self, engine: Engine, request: RunRequest, fresh: bool = False) -> Found:
        """The reference query's result, from memory where it is known; `fresh` runs it whatever is known."""
        if fresh:
            return self._run(engine, "reference", request)
        key = engine, request
        with self._lock:
            known = self._references.get(key)
        if known is not None:
            return known
        found = self._run(engine, "reference", request)
        if isinstance(found, RunError) and found.reason in ("timeout", "memory", "crashed"):
            return found  # may be the machine's fault: asked again next time
        with self._lock:
            self._references[key] = found
            if len(self._references) > MAX_REFERENCES:
                self._references.popitem(last=False)
        return found

    def query(self, engine: Engine, request: RunRequest) -> Found:
        """The judged query's result."""
        return self._run(engine, "query", request)

    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        with self._lock:
            return [pid for pool in self._pools.values() for pid in pool.pids()]

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            self._closed = True
            pools = list(self._pools.values())
        for pool in pools:
            pool.close()

    def _run(self, engine: Engine, role: Role, request: RunRequest) -> Found:
        message = {name: getattr(request, name) for name in RunRequest.__slots__}
        most = self._options.max_result_bytes
        try:
            reply = self._pool(engine, role).ask(message, request.deadline_s + LATE_S, most)
        except ProcessLate:
            return RunError("timeout", f"no result in {request.deadline_s:g} s")
        except ReplyTooLong:
            return RunError("result_too_large", f"the result is larger than {most} bytes")
        except ProcessLost:
            # the kernel ends a process at a limit, and an engine may abort where memory is refused
            return RunError("crashed", "the worker ended without a result")
        if "error" in reply:
            return RunError(reply["error"], reply["message"])
        rows = tuple(tuple(from_json(cell) for cell in row) for row in reply["rows"])
        return Result(reply["columns"], rows, reply["more"])

    def _pool(self, engine: Engine, role: Role) -> ProcessPool:
        with self._lock:
            if self._closed:
                raise RuntimeError("this judge is closed")
            if (engine, role) not in self._pools:
                if engine == "duckdb":
                    _need_duckdb()
                pool = ProcessPool("filters.verify.sql.worker", [engine], self._options.workers)
                self._pools[engine, role] = pool
            return self._pools[engine, role]


def _need_duckdb() -> None:
    from importlib.util import find_spec

    if find_spec("duckdb") is None:
        raise ConfigError("judging queries with DuckDB needs duckdb: pip install 'corrigenda[sql]'")
