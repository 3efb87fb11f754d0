"""One job in a process of its own: the job as JSON on standard input, what it emits as JSON lines on a file."""

import json
import os
import resource
import sys
from typing import Any

from filters.verify.code.inside.run import run


def main(fd: int) -> None:
    """Read the job, take its limits, run it, write what it emits to `fd`."""
    job = json.loads(sys.stdin.buffer.read())
    text = os.memfd_create("stdin")
    os.write(text, (job["stdin"] or "").encode())
    os.lseek(text, 0, os.SEEK_SET)
    os.dup2(text, 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    limit(job["limits"])
    run(job, lambda record: write(fd, json.dumps(record).encode() + b"\n"))


def limit(limits: dict[str, Any]) -> None:
    """Resource limits of this process: address space, processor seconds, file size, no core file."""
    cpu_s = max(1, round(limits["cpu_s"]))
    for kind, amount in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, limits["output_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))


def write(fd: int, line: bytes) -> None:
    """Write all of a line."""
    while line:
        line = line[os.write(fd, line) :]
