"""A journal under a URL: what is bought is in the store before it is used, seen by every machine.

Nothing can be appended or renamed there. Writers collect records and store them as small immutable segments
(`commits`), which they merge when there are enough (`sealing`). Opening reads indexes, a record its window of
a few hundred neighbours (`ranges`). Names, and so the order in which records count, are those of a folder's
files: a folder of sealed files and a prefix can be copied into each other.

Promised: what was handed out is in the store. What was bought and not yet handed out when the process is
killed is lost with it, unless the store was out of reach: then it lies in `spill` and is stored by the next
start. A lost object costs its own records.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

from generators.engines.base import Completion, Scores
from generators.engines.journals import names
from generators.engines.journals.commits import Commits
from generators.engines.journals.objects import Objects
from generators.engines.journals.records import (
    as_completion,
    as_scores,
    completion_record,
    key_of,
    scores_record,
    without_sum,
)
from generators.engines.journals.sealing import Sealing
from generators.engines.journals.segment import Segment
from generators.engines.journals.spill import Spill, left
from generators.engines.journals.store import Store
from schemas.exceptions import JournalError

REFRESH_S = 60.0
"""`refresh` lists at most so often."""
_READERS = 8
_LOOKS = 3

Got = TypeVar("Got")


class ObjectJournal:
    """All objects of one prefix, indexed by key. JournalError where the store cannot be read.

    `spill` is a folder of this build alone for what cannot be stored; `cache` one for whole segments that were
    read, which journals and processes of a machine may share.
    """

    def __init__(self, url: str, spill: Path | None = None, cache: Path | None = None) -> None:
        self._store = Store(url)
        self.where = self._store.url
        self._spill = spill
        self._listed = time.monotonic()
        with _reading():
            self._objects = Objects(self._store, cache)
        self._begin()

    def _begin(self) -> None:
        """Start as a writer; again after a fork, whose child has neither the threads nor the records to store."""
        self._process = os.getpid()
        self._pending: dict[str, bytes] = {}
        self._ready = False
        self._preparing = Lock()
        self._pool: ThreadPoolExecutor | None = None
        spill = Spill(self._spill) if self._spill else None
        sealing = Sealing(self._store, self._objects)
        self._commits = Commits(self._store, sealing, spill, self._stored)

    def __len__(self) -> int:
        return self._objects.index.distinct + len(self._pending)

    def __contains__(self, key: str) -> bool:
        with self._objects.lock:
            return self._holds(key)

    @property
    def unreadable(self) -> int:
        """Records that were skipped because they are damaged."""
        return self._objects.unreadable

    async def fetch(self, keys: Iterable[str]) -> None:
        """Read the blocks in which the records of these keys are. JournalError."""
        if blocks := self._objects.near(keys):
            await self._in_thread(lambda: self._load(blocks))

    def get(self, key: str) -> Completion | None:
        """The completion of a key; None where there is none or it is damaged or lost."""
        line = self._line(key)
        return as_completion(line) if line else None

    def get_scores(self, key: str) -> Scores | None:
        """The scores of a key; None where there are none or they are damaged or lost."""
        line = self._line(key)
        return as_scores(line) if line else None

    async def prepare(self) -> None:
        """Try whether the store can be written, and wait where it cannot just now. OSError."""
        if not self._ready or self._process != os.getpid():
            await self._in_thread(self._probe)
        if self._commits.troubled:
            await self.kept()

    def put(self, key: str, completion: Completion, *, model: str = "", seed: int = 0) -> None:
        """Take a record; `kept` says when it is stored. A key that is there already keeps its first."""
        self._put(key, completion_record(key, completion, model, seed))

    def put_scores(self, key: str, scores: Scores, *, model: str = "") -> None:
        """Take the scores of a key as `put` does."""
        self._put(key, scores_record(key, scores, model))

    async def kept(self) -> None:
        """Return when all that was put so far is in the store. OSError where that takes too long."""
        if (future := self._commits.kept()) is not None:
            # Shielded: who gives up waiting must not take the part away from the others.
            await asyncio.shield(asyncio.wrap_future(future))

    def refresh(self, at_once: bool = False) -> None:
        """List again, `at_once` or where that is long enough ago: what others bought since need not be bought.
        JournalError."""
        if at_once or time.monotonic() - self._listed >= REFRESH_S:
            self._look_again()

    def close(self) -> None:
        """Store what waits, and merge this writer's objects. JournalError where records are lost with it."""
        if self._process != os.getpid():
            return
        try:
            self._commits.close()
        except OSError as error:
            raise JournalError(f"{self.where}: {error.strerror}") from None
        finally:
            self._objects.close()
            if self._pool:
                self._pool.shutdown(wait=False)
                self._pool = None

    def _line(self, key: str) -> bytes:
        with _reading():
            for _ in range(_LOOKS):
                with self._objects.lock:
                    if key in self._pending:
                        return without_sum(self._pending[key])
                    try:
                        return self._objects.find(key)
                    except FileNotFoundError:
                        pass  # merged into another object, or lost
                self._look_again()
        return b""

    def _put(self, key: str, line: bytes) -> None:
        if self._process != os.getpid():
            self._begin()
        with self._objects.lock:
            if not self._holds(key):
                self._pending[key] = line
                self._commits.add(line)

    def _holds(self, key: str) -> bool:
        return key in self._pending or key in self._objects

    def _stored(self, lines: Sequence[bytes]) -> None:
        with self._objects.lock:
            for line in lines:
                self._pending.pop(key_of(line), None)

    def _load(self, blocks: list[tuple[Segment, int]]) -> None:
        with _reading():
            for segment, block in blocks:
                self._objects.load(segment, block)

    def _look_again(self) -> None:
        with _reading():
            self._listed = time.monotonic()
            self._objects.refresh()

    def _probe(self) -> None:
        """Whether objects can be written here; what an earlier start could not store is stored first. OSError."""
        with self._preparing:
            if self._process != os.getpid():
                self._begin()
            if self._ready:
                return
            name = f".{names.new_stem()}{names.PARTIAL}"
            self._store.patiently_put(name, b"")
            self._store.remove([name])
            if self._spill:
                self._store_spilled(self._spill)
            self._ready = True

    def _store_spilled(self, folder: Path) -> None:
        with left(folder) as lines:
            for line in lines:
                self._put(key_of(line), line)
            if (future := self._commits.kept()) is not None:
                future.result()

    async def _in_thread(self, work: Callable[[], Got]) -> Got:
        # Not the loop's own threads: a replaying process has none.
        self._pool = self._pool or ThreadPoolExecutor(_READERS, "journal-read")
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


@contextmanager
def _reading() -> Iterator[None]:
    """What a store says while it is read, as JournalError."""
    try:
        yield
    except OSError as error:
        raise JournalError(
            f"the journal {error.filename} cannot be read: {error.strerror or error}. Nothing is lost; the same "
            "command goes on when the store answers"
        ) from None
