"""The files of one job: what goes in and what comes out, in memory, made and read outside the sandbox.

Nobody has to drain them while the program runs, RLIMIT_FSIZE caps them, and what was written before a
program was killed is there. The zygote only passes them on.
"""

import json
import os
from typing import Self

from filters.verify.sandbox.base import wire
from filters.verify.sandbox.job import Job


class JobFiles:
    """Memory files of a job, result, stdout, stderr and, where the job has one, standard input."""

    def __init__(self, job: Job) -> None:
        self._most = job.limits.output_bytes
        self.descriptors: list[int] = []
        contents = [json.dumps(wire(job)).encode(), b"", b"", b""]
        if job.stdin is not None:
            contents.append(job.stdin.encode("utf-8", "replace"))
        try:
            for content in contents:
                self.descriptors.append(_file(content))
        except OSError:
            self.close()
            raise

    def read(self) -> tuple[bytes, bytes, bytes]:
        """Emitted lines, stdout and stderr, each up to the job's `output_bytes`."""
        lines, out, err = (os.pread(fd, self._most, 0) for fd in self.descriptors[1:4])
        return lines, out, err

    def overflowed(self) -> bool:
        """Whether more than `output_bytes` was written to one of them."""
        return any(os.fstat(fd).st_size > self._most for fd in self.descriptors[1:4])

    def close(self) -> None:
        """Free the memory."""
        for fd in self.descriptors:
            os.close(fd)
        self.descriptors = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _file(data: bytes) -> int:
    fd = os.memfd_create("job", os.MFD_CLOEXEC)
    while data:
        data = data[os.write(fd, data) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
