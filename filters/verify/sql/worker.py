"""A process that runs one query after another: `python -m filters.verify.sql.worker`.

JSON lines: first `[engine]`, then one `RunRequest` as an object a line; each is answered by a line with
`columns`, `rows`, `more`, or with `error` and `message`. Each comes with `seconds`. It is never told what
a result should be.

Before the first query the process gives up opening files and sockets (no descriptor is left to it; a soft
limit, because DuckDB needs one for a moment to start), writing to files, and core dumps. Every run has its
own limits of memory and processor time; the kernel's timer ends a process that hangs although its parent
is gone.
"""

import json
import os
import resource
import signal
import sys
import time
from typing import Protocol, TextIO

from filters.verify.sql.reply import RunError, RunRequest

GRACE = 2.0
"""The kernel's timers run this many times as long as a deadline, and a second more."""


_SPENT = ("memory", "engine_error")  # after these a process is not trusted with the next query


class Engine(Protocol):
    """What runs a query."""

    def run(self, request: RunRequest) -> dict[str, object]:
        """A reply with rows, or RunError."""
        ...


def main() -> None:
    """Serve requests until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a library prints must not look like a reply
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    (name,) = json.loads(sys.stdin.readline())
    engine = _engine(name)
    base = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a refused write is an error, not an end
    open_now = max(int(name) for name in os.listdir("/proc/self/fd")) if _HAS_PROC else 8  # noqa: PTH208
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_now, open_now + 8))
    _reply(replies, "ready")
    for line in sys.stdin:
        request = RunRequest(**json.loads(line))
        began = time.monotonic()
        _limit(request, base)
        reply = _run(engine, request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        _reply(replies, {**reply, "seconds": time.monotonic() - began})


_HAS_PROC = os.path.isdir("/proc/self/fd")  # noqa: PTH112


def _engine(name: str) -> Engine:
    if name == "duckdb":
        from filters.verify.sql.duckdb_engine import DuckdbEngine

        return DuckdbEngine()
    from filters.verify.sql.sqlite_engine import SqliteEngine

    return SqliteEngine()


def _address_space() -> int:
    """Bytes of address space in use; 1 GiB where the kernel does not say."""
    if not _HAS_PROC:
        return 1 << 30
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()


def _limit(request: RunRequest, base: int) -> None:
    seconds = request.deadline_s * GRACE + 1
    # twice: a database and the copy of it that a query reads, and DuckDB counts only its own buffers
    most = base + 2 * request.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _run(engine: Engine, request: RunRequest) -> dict[str, object]:
    try:
        return engine.run(request)
    except RunError as error:
        return {"error": error.reason, "message": error.message[:2000], "spent": error.reason in _SPENT}
    except MemoryError:
        return {"error": "memory", "message": "out of memory", "spent": True}
    except RecursionError:
        return {"error": "unsupported", "message": "nested too deeply"}
    except Exception as error:
        return {"error": "engine_error", "message": str(error)[:2000], "spent": True}


def _reply(replies: TextIO, reply: object) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


if __name__ == "__main__":
    main()
