"""Group commit: records become immutable objects, one request at a time, with all that arrived meanwhile.

A part that cannot be stored is tried again for as long as the process lives; meanwhile its records lie in a
`Spill`, so that killing the process does not lose them either.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from generators.engines.journals.records import without_sum
from generators.engines.journals.sealing import Sealing
from generators.engines.journals.segment_writer import packed
from generators.engines.journals.spill import Spill
from generators.engines.journals.store import FIRST_WAIT_S, LONGEST_WAIT_S, Store

INTERVAL_S = 0.2
"""Between the beginnings of two requests: five a second. A purchase alone does not wait."""
KEEP_S = 120.0
"""How long those who bought something wait for a store that is out of reach, before nothing more is bought."""
CLOSE_S = 20.0
"""How long closing a journal waits for it."""
HANG_S = 5.0
"""A request without an answer for so long is taken for an outage: what waits for it is spilled."""
PART_BYTES = 8 << 20


class Commits:
    """The records that one process stores. `stored` hears of the lines of each part that was."""

    def __init__(
        self, store: Store, sealing: Sealing, spill: Spill | None, stored: Callable[[Sequence[bytes]], None]
    ) -> None:
        self._store = store
        self._sealing = sealing
        self._spill = spill
        self._tell = stored
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lines: list[bytes] = []
        """What is not stored yet, what is being stored first."""
        self._added = 0
        self._stored = 0
        self._spilled = 0
        """How many had been added when the last one was spilled."""
        self._waits: list[tuple[int, Future[None]]] = []
        self._began = 0.0
        self._end = 0.0
        self._trouble: OSError | None = None
        self._troubled_since = 0.0
        self._unspilled = ""

    def add(self, line: bytes) -> None:
        """Take a record with its checksum; it is stored soon."""
        with self._lock:
            self._lines.append(line)
            self._added += 1
            if self._trouble:
                self._spill_all([line])
            self._start()

    def kept(self) -> "Future[None] | None":
        """Done when all that was added is stored, with OSError where that takes too long; None where it is."""
        with self._lock:
            if self._stored == self._added:
                return None
            if not self._waits or self._waits[-1][0] != self._added:
                self._waits.append((self._added, Future()))
            future = self._waits[-1][1]
            if self._given_up():
                self._fail()
            return future

    @property
    def troubled(self) -> bool:
        """Whether the store does not take what it was given last."""
        return self._trouble is not None

    def close(self) -> None:
        """Store what waits, and seal. OSError where records would be lost with this process."""
        with self._lock:
            self._end = time.monotonic() + CLOSE_S
            self._wake.set()
            if self._lines:
                self._start()
            thread = self._thread
        if thread:
            thread.join()
        with self._lock:
            self._end = 0.0
            self._wake.clear()
            if self._lines and (self._spill is None or self._unspilled):
                raise self._failure()
            if self._spill:
                self._spill.leave()
        self._sealing.close()

    def _start(self) -> None:
        if self._thread is None:
            # A daemon: a process that ends in an outage must not wait for the store.
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._wake.wait(max(0.0, self._began + INTERVAL_S - time.monotonic()))
            with self._lock:
                lines = _part(self._lines)
                if not lines:
                    self._thread = None
                    return
            self._began = time.monotonic()
            if not self._put(lines):
                with self._lock:
                    self._thread = None
                    self._fail()
                return

    def _put(self, lines: list[bytes]) -> bool:
        """Store some lines, however long it takes; False where the journal is closed before it could be done."""
        content, wait = packed(map(without_sum, lines)), FIRST_WAIT_S
        name = self._sealing.part()
        while not self._tried(name, content):
            left = self._end - time.monotonic()
            if self._end and left <= 0:
                return False
            if self._end:
                time.sleep(min(wait, left))
            else:
                self._wake.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
        self._sealing.add(name, content, len(lines), sum(map(len, lines)))
        self._tell(lines)
        with self._lock:
            self._done(len(lines))
        return True

    def _tried(self, name: str, content: bytes) -> bool:
        late = threading.Timer(HANG_S, self._hangs)
        late.daemon = True
        late.start()
        try:
            self._store.put(name, content)
        except OSError as error:
            self._note(error)
            return False
        finally:
            late.cancel()
        return True

    def _hangs(self) -> None:
        self._note(TimeoutError(f"no answer for {HANG_S:.0f} s"))

    def _note(self, error: OSError) -> None:
        """Begin or go on with an outage."""
        with self._lock:
            began, self._trouble = self._trouble is None, error
            if began:
                self._troubled_since = time.monotonic()
                self._spill_all(self._lines)
            if self._given_up():
                self._fail()

    def _done(self, count: int) -> None:
        self._trouble = None
        self._stored += count
        del self._lines[:count]
        if self._spill and self._spill.used and self._stored >= self._spilled:
            self._spill.clear()
        while self._waits and self._waits[0][0] <= self._stored:
            self._waits.pop(0)[1].set_result(None)

    def _given_up(self) -> bool:
        return self._trouble is not None and time.monotonic() - self._troubled_since > KEEP_S

    def _fail(self) -> None:
        failure, waits = self._failure(), self._waits
        self._waits = []
        for _count, future in waits:
            future.set_exception(failure)

    def _failure(self) -> OSError:
        waiting = f"{len(self._lines):,} records"
        if self._spill is None or self._unspilled:
            where = f"{waiting} are in memory alone{self._unspilled and f' ({self._unspilled})'}"
        else:
            where = f"{waiting} wait in {self._spill.folder} and are stored by the next start there"
        trouble = self._trouble
        said = (trouble.strerror or str(trouble)) if trouble else "no answer"
        return OSError((trouble and trouble.errno) or 5, f"{said}; {where}", self._store.url)

    def _spill_all(self, lines: Sequence[bytes]) -> None:
        if self._spill is None:
            return
        try:
            self._spill.add(lines)
            self._spilled = self._added
            self._unspilled = ""
        except OSError as error:
            self._unspilled = f"{error.filename or self._spill.folder}: {error.strerror or error}"


def _part(lines: Sequence[bytes]) -> list[bytes]:
    """The first lines, as many as make one part."""
    size = 0
    for count, line in enumerate(lines):
        size += len(line)
        if size > PART_BYTES and count:
            return list(lines[:count])
    return list(lines)
