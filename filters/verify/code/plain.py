"""The weakest sandbox: `python -I -S` in a process of its own for each job, with resource limits.

It holds what a program may use, not what it may read or send. For machines where nothing better
works, and as the plain way that faster and safer ones are measured against.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from filters.verify.code.job import Ended, Finished, Job, Level
from filters.verify.code.sandbox import finished, wire

_ROOT = Path(__file__).resolve().parents[3]
_START = (
    "import sys; sys.path.insert(0, {root!r}); from filters.verify.code.inside import once; once.main({fd})"
)


class PlainSandbox:
    """A fresh interpreter for every job."""

    def __init__(self, slots: int = 2) -> None:
        self._slots = slots

    @property
    def level(self) -> Level:
        """Always `rlimits`."""
        return "rlimits"

    def run(self, job: Job) -> Finished:
        """Run one job to its end or its limits."""
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            lines, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            start = time.perf_counter()
            status, late = _run(job, folder, lines, out, err)
            wall_s = time.perf_counter() - start
            return finished(
                _read(lines, job),
                "timeout" if late else _ended(status),
                self.level,
                calls=len(job.calls),
                stdout=_read(out, job),
                stderr=_read(err, job),
                exit_status=status,
                wall_s=wall_s,
            )

    def run_all(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Run many at once, results in order."""
        with ThreadPoolExecutor(self._slots) as threads:
            yield from threads.map(self.run, jobs)

    def close(self) -> None:
        """Nothing is kept open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _run(job: Job, folder: str, lines: IO[bytes], out: IO[bytes], err: IO[bytes]) -> tuple[int, bool]:
    """The exit status, and whether the wall limit ended it."""
    fd = lines.fileno()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _START.format(root=str(_ROOT), fd=fd)],
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=err,
        cwd=folder,
        env={},
        pass_fds=(fd,),
        start_new_session=True,
    )
    late = False
    try:
        process.communicate(json.dumps(wire(job)).encode(), timeout=job.limits.wall_s)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it started and left in its session
        process.wait()
    return process.returncode, late


def _ended(status: int) -> Ended:
    if status == 0:
        return "finished"
    return {-signal.SIGXCPU: "cpu", -signal.SIGKILL: "cpu", -signal.SIGXFSZ: "output"}.get(  # type: ignore[return-value]
        status, "killed" if status < 0 else "exited"
    )


def _read(file: IO[bytes], job: Job) -> bytes:
    file.seek(0)
    return file.read(job.limits.output_bytes)
