"""Memory and cores that this process may use: those of the machine, or of its container where that has fewer."""

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def available_memory() -> int | None:
    """Bytes that can be had without swapping; None where the system does not say."""
    free = _meminfo("MemAvailable")
    limit, used = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    room = None if limit is None else max(0, limit - (used or 0))
    return min((amount for amount in (free, room) if amount is not None), default=None)


def cores() -> float:
    """Processor cores, a fraction where the container gets only so much time."""
    own = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    try:
        quota, period = (_CGROUP / "cpu.max").read_text(encoding="ascii").split()
        return own if quota == "max" else min(own, int(quota) / int(period))
    except (OSError, ValueError):
        return own


def _meminfo(name: str) -> int | None:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line.split() for line in lines if line.startswith(f"{name}:")), None)
    return int(found[1]) * 1024 if found else None


def _number(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
