"""The GPUs of this machine as the driver's own tool lists them: torch need not be imported."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

_ASK = ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"]
_TIME_S = 10.0
_MIB = 1 << 20


@dataclass(frozen=True)
class Gpu:
    """One GPU, memory in bytes (0 where the tool does not say)."""

    name: str
    memory: int
    free: int


def gpus(environ: Mapping[str, str]) -> list[Gpu]:
    """Those that a build would see: none where CUDA_VISIBLE_DEVICES hides them all, or there is no driver."""
    tool = shutil.which("nvidia-smi", path=environ.get("PATH"))
    if tool is None or environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1", "none"):
        return []
    try:
        done = subprocess.run([tool, *_ASK], capture_output=True, text=True, timeout=_TIME_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = [_read(line) for line in done.stdout.splitlines()] if done.returncode == 0 else []
    return [gpu for gpu in found if gpu is not None]


def _read(line: str) -> Gpu | None:
    name, _, memory = line.partition(",")
    parts = [part.strip() for part in memory.split(",")]
    if len(parts) != 2 or not name.strip():
        return None
    total, free = (int(part) * _MIB if part.isdigit() else 0 for part in parts)
    return Gpu(name.strip(), total, free)
