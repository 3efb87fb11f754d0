"""The process that has imported sympy once and forks workers: `python -m filters.verify.math.worker_server FD`.

A worker made from scratch costs one to two seconds of import and 80 MB; a forked one costs
milliseconds and shares those pages. This process has one thread and no locks, so forking it is safe,
whatever threads its client has.

On the control socket FD: `fork MEMORY_BYTES DEADLINE_S` with one descriptor (the worker's end of a
socket pair) is answered by its process id; `kill PID` by `0` once the worker has been reaped, so that
no id is used again before. When the socket closes, all workers are killed.
"""

import ctypes
import gc
import os
import signal
import socket
import sys
from contextlib import suppress

from filters.verify.math.worker import prepare, serve

MAX_COMMAND_BYTES = 200
"""A command is three words."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve commands until the client is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)  # whatever a library prints is nobody's business
    prepare()
    # nothing of what is loaded by now need be looked at again; a collection would copy every page
    gc.collect()
    gc.freeze()
    control.sendall(b"ready\n")
    workers: set[int] = set()
    try:
        while _command(control, workers):
            pass
    finally:
        for pid in workers:
            _end(pid)


def _command(control: socket.socket, workers: set[int]) -> bool:
    """Carry out one command; False when the client is gone."""
    try:
        message, descriptors, _, _ = socket.recv_fds(control, MAX_COMMAND_BYTES, 1)
    except OSError:
        return False
    if not message:
        return False
    words = message.decode().split()
    if words[0] == "fork":
        pid = _fork(control, descriptors[0], int(words[1]), float(words[2]))
        workers.add(pid)
    else:
        pid = 0
        if int(words[1]) in workers:
            workers.discard(int(words[1]))
            _end(int(words[1]))
    with suppress(OSError):
        control.sendall(f"{pid}\n".encode())
    return True


def _fork(control: socket.socket, descriptor: int, memory_bytes: int, deadline_s: float) -> int:
    server = os.getpid()
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    try:
        # a worker in a long C call must not outlive this process
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == server:
            control.close()
            serve(socket.socket(fileno=descriptor), memory_bytes, deadline_s)
    finally:
        os._exit(0)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
