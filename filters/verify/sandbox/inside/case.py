"""What the child of the zygote does with itself before it runs a job, and how it ends. Standard library only."""

import builtins
import contextlib
import json
import os
import resource
import struct
import sys
from typing import Any, NoReturn

from filters.verify.sandbox.inside import kernel
from filters.verify.sandbox.inside.run import run

RESULT, TROUBLE = 3, 4
"""The files that emitted lines and a failure of the sandbox itself go to; `TROUBLE` is closed before a program runs."""
BROKEN = struct.Struct("<Q")
"""What is written to `TROUBLE`: the number of a job whose case could not be confined."""
MOST_FILES = 32
MOST_THREADS = 512
"""Of the user in all cases together: what RLIMIT_NPROC counts. One case meets its address space before."""


def live(
    number: int,
    files: list[int],
    sizes: tuple[float, int, int],
    namespaces: bool,
    parent: int,
    block: kernel.Filter,
) -> NoReturn:
    """Be the case: `files` are job, result, stdout, stderr and perhaps stdin; never returns.

    Everything that is read here came from the launcher in files of this case only: what the zygote
    itself had read, every later case could find in its memory.
    """
    status = 1
    try:
        try:
            job = _read(files[0])
            _confine(files[1:], sizes, namespaces, parent)
            block.load()
        except BaseException as error:
            os.write(TROUBLE, BROKEN.pack(number))
            os.write(files[3], repr(error).encode())
            os._exit(1)
        os.close(TROUBLE)
        status = _run(job)
    finally:
        os._exit(status)


def _read(fd: int) -> bytes:
    return os.pread(fd, os.fstat(fd).st_size, 0)


def _confine(streams: list[int], sizes: tuple[float, int, int], namespaces: bool, parent: int) -> None:
    cpu_s, memory_bytes, most_bytes = sizes
    os.setsid()  # kill(0) would reach the zygote: process groups go across namespaces
    if namespaces:
        kernel.mount_private_folder("/tmp", most_bytes)
        os.chdir("/tmp")
        kernel.drop_capabilities()
    else:
        kernel.die_with_parent()
        if os.getppid() != parent:
            os._exit(1)
    result, out, err, *rest = streams
    for source, target in ((result, RESULT), (out, 1), (err, 2), *((s, 0) for s in rest)):
        os.dup2(source, target)
    kernel.close_from(TROUBLE + 1)
    whole_s = int(cpu_s) + 2  # a belt: the zygote ends it earlier and finer
    for kind, amount in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, whole_s),
        (resource.RLIMIT_FSIZE, most_bytes),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, MOST_THREADS),
    ):
        resource.setrlimit(kind, (amount, amount))


def _run(text: bytes) -> int:
    job = json.loads(text)
    status = 0
    try:
        run(job, Lines(RESULT, job["limits"]["output_bytes"]).emit)
    except MemoryError:
        os.write(RESULT, b'{"raised":["MemoryError","",null,""]}\n')
    except SystemExit as error:
        status = exit_status(error.code)
    flush()
    return status


def exit_status(code: object) -> int:
    """The status that Python ends with after `sys.exit(code)`."""
    if code is None:
        return 0
    return code & 255 if isinstance(code, int) else 1


def flush() -> None:
    """Write what the program printed and Python still holds."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__):
        with contextlib.suppress(BaseException):  # it may be the program's own object
            if stream is not None:
                stream.flush()


class Lines:
    """Emitted records as JSON lines on a file; ends the process at `most` bytes, one more being written."""

    def __init__(self, fd: int, most: int) -> None:
        self._fd = fd
        self._left = most

    def emit(self, record: dict[str, Any]) -> None:
        """Write one record."""
        line = json.dumps(record).encode() + b"\n"
        self._left -= len(line)
        if self._left < 0:
            write_all(self._fd, line[: self._left + len(line) + 1])
            flush()
            os._exit(1)
        write_all(self._fd, line)


def write_all(fd: int, data: bytes) -> None:
    """Write all of it, whatever one call takes."""
    while data:
        data = data[os.write(fd, data) :]


def furnish() -> None:
    """What `site` gives a program and `-S` leaves out: `exit` and `quit`."""
    import _sitebuiltins

    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")
    sys.argv = ["program"]
