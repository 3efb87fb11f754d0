"""A measurement in a process of its own: wall and CPU seconds, and how far its memory grew."""

import re
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

Report = dict[str, Any]


def measured(function: Callable[..., Report], *args: object) -> Report:
    """What the function reports, with `wall_s`, `cpu_s` and `grown_mb`: its peak over what its imports take.

    The function must be one of a module's own, as it is sent to a fresh process.
    """
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (function, args))


def _run(function: Callable[..., Report], args: tuple[object, ...]) -> Report:
    before, wall, cpu = _memory_mb("VmRSS"), time.perf_counter(), time.process_time()
    report = function(*args)
    return {
        **report,
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "grown_mb": round(_memory_mb("VmHWM") - before),
    }


def _memory_mb(line: str) -> float:
    # Not getrusage: its peak is that of the process which started this one, where that was larger.
    found = re.search(rf"{line}:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024 / 1e6
