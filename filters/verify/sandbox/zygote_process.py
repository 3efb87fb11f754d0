"""A zygote seen from outside: started, given jobs, watched, started again where it died."""

import contextlib
import json
import queue
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from filters.verify.sandbox.inside.zygote import REPORT, REQUEST
from filters.verify.sandbox.job import Limits

START_S = 20.0
"""The longest wait for a zygote's first word; it takes about 0.1 s."""
SILENCE_S = 5.0
"""After this long without a word, with jobs under way, it is asked whether it lives; twice, and it is ended."""
MOST_DEATHS = 5
"""So many in a row without one finished job: it is not started again."""


class ZygoteFailed(RuntimeError):
    """A zygote did not start; the message is what it or bubblewrap said."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a case ended, as the zygote saw it."""

    status: int
    """As `os.wait4` gives it."""
    why: int
    """`ENDED`, `CPU`, `TIMEOUT` or `BROKEN` of `inside.schedule`."""
    wall_s: float
    cpu_s: float
    peak_bytes: int


@dataclass(slots=True, eq=False)
class Order:
    """A job under way: its limits and files, and whom to tell. `None` as report: it brought a zygote down twice."""

    limits: Limits
    files: Callable[[], list[int]]
    """Fresh files for each try."""
    tell: Callable[[Report | None], None]
    tries: int = 0


class ZygoteProcess:
    """One zygote and the thread that keeps it.

    The thread starts the process, because PR_SET_PDEATHSIG (bwrap's --die-with-parent) fires when the
    *thread* that started it ends; and it lives as long as the process.
    """

    def __init__(self, command: list[str], settings: dict[str, Any]) -> None:
        self._command = command
        self._settings = settings
        self._orders: dict[int, Order] = {}
        self._lock = threading.Lock()
        self._next = 1
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._failed: ZygoteFailed | None = None
        self._cpu_s = 0.0
        self.notes: list[str] = []
        started: queue.SimpleQueue[ZygoteFailed | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._keep, args=(started,), daemon=True, name="zygote")
        self._thread.start()
        failure = started.get()
        if failure is not None:
            self._thread.join()
            raise failure

    @property
    def pid(self) -> int | None:
        """The process that was started: bwrap or the zygote itself."""
        return self._process.pid if self._process else None

    def send(self, order: Order) -> None:
        """Hand an order over; it is told in the keeping thread."""
        with self._lock:
            taken = not self._closing and self._failed is None
            if taken:
                number, self._next = self._next, self._next + 1
                taken = self._transmit(number, order)
                if taken:
                    self._orders[number] = order
        if not taken:
            order.tell(None)

    def close(self) -> None:
        """End the process and everything it started."""
        with self._lock:
            self._closing = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _transmit(self, number: int, order: Order) -> bool:
        """False where its files could not be made (no descriptor is left)."""
        limits = order.limits
        order.tries += 1
        request = REQUEST.pack(
            number,
            limits.cpu_s,
            limits.wall_s,
            limits.memory_bytes,
            max(limits.files_bytes, limits.output_bytes + 1),
        )
        try:
            files = order.files()
        except OSError:
            return False
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it has died: the keeping thread sends it again
                socket.send_fds(self._socket, [request], files)
        return True

    def _keep(self, started: "queue.SimpleQueue[ZygoteFailed | None]") -> None:
        deaths = 0
        while True:
            try:
                with self._start() as words:
                    if deaths == 0:
                        started.put(None)
                    served = self._listen(words)
            except (ZygoteFailed, OSError, ValueError) as error:
                self._failed = error if isinstance(error, ZygoteFailed) else ZygoteFailed(str(error))
                if deaths == 0:
                    started.put(self._failed)
                break
            deaths = 1 if served else deaths + 1
            if self._closing or deaths > MOST_DEATHS:
                break
        with self._lock:
            self._failed = self._failed or ZygoteFailed(
                "the zygote kept dying" if not self._closing else "closed"
            )
            left = list(self._orders.values())
            self._orders.clear()
        for order in left:
            order.tell(None)

    @contextlib.contextmanager
    def _start(self) -> Iterator[socket.socket]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, tempfile.TemporaryFile() as said:
            with theirs:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=said,
                    stderr=said,
                    env={},
                    start_new_session=True,
                )
            try:
                self.notes = self._greet(ours, said)
                self._resume(ours)
                yield ours
            finally:
                with self._lock:
                    self._socket = None
                _end(self._process)

    def _greet(self, ours: socket.socket, said: IO[bytes]) -> list[str]:
        ours.settimeout(START_S)
        answer = b""
        with contextlib.suppress(OSError):
            ours.send(json.dumps(self._settings).encode())
            answer = ours.recv(1 << 16)
        ours.settimeout(None)
        if not answer:
            assert self._process is not None
            _end(self._process)
            said.seek(0)
            text = said.read(4000).decode("utf-8", "replace").strip()
            raise ZygoteFailed(text.splitlines()[-1] if text else "it ended without a word")
        notes: list[str] = json.loads(answer)["notes"]
        return notes

    def _resume(self, ours: socket.socket) -> None:
        """Send again what was under way when the last one died; who has brought down two is told so."""
        with self._lock:
            self._socket = ours
            if self._closing:
                ours.shutdown(socket.SHUT_RDWR)
            orders, self._orders = self._orders, {}
            lost = []
            for number, order in orders.items():
                if order.tries <= 1 and self._transmit(number, order):
                    self._orders[number] = order
                else:
                    lost.append(order)
        for order in lost:
            order.tell(None)

    def _listen(self, words: socket.socket) -> bool:
        """Tell reports until the zygote is gone; whether there was any."""
        poll = select.poll()
        poll.register(words, select.POLLIN)
        served, silent = False, 0
        while True:
            if not poll.poll(SILENCE_S * 1000):
                silent = silent + 1 if self._orders else 0
                if silent > 2:
                    return served
                if silent:
                    words.send(REQUEST.pack(0, 0.0, 0.0, 0, 0))
                continue
            try:
                word = words.recv(REPORT.size)
            except OSError:
                word = b""
            if len(word) != REPORT.size:
                return served
            silent = 0
            number, *rest = REPORT.unpack(word)
            with self._lock:
                order = self._orders.pop(number, None)
            if order is not None:
                served = True
                order.tell(Report(*rest))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it end by itself, its socket being closed, or kill it. A killed bwrap takes all with it."""
    deadline = time.monotonic() + 1.0
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait()
