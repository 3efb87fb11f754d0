"""Byte ranges of a store's objects: read in windows, the last ones kept, whole files on a disk nearby where asked.

A request costs as much as a hundred kilobytes, and what was bought one after the other is asked for again in
about that order: so a window, some 600 completions, is read at once.
"""

import contextlib
import errno
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.handles import Handles
from generators.engines.journals.segment import index_length
from generators.engines.journals.segment_writer import FOOT, SKIPPABLE
from generators.engines.journals.store import Store

WINDOW = 1 << 18
_MOST_BYTES = 64 << 20
"""Of windows, compressed as they are stored."""
_TAIL = 1 << 16
"""Read of every object when a journal is opened: a small object whole, or the index of 4,000 records."""

Window = tuple[str, int]


class Ranges:
    """Reads objects by their names as `Segment` reads files. Safe from several threads."""

    def __init__(self, store: Store, cache: Path | None = None) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._held: dict[str, tuple[int, bytes]] = {}
        self._windows: OrderedDict[Window, bytes] = OrderedDict()
        self._bytes = 0
        self._coming: dict[Window, Future[bytes]] = {}
        # Journals may share a folder: names are unlike each other only within one.
        self._cache = cache and cache / hashlib.sha256(store.url.encode()).hexdigest()[:16]
        self._copying = threading.Lock()
        self._handles = Handles()

    def size(self, path: Path) -> int:
        """Bytes in the object."""
        return self._sizes[path.name]

    def read(self, path: Path, start: int, length: int) -> bytes:
        """A range of an object. FileNotFoundError where it is gone, OSError where it cannot be read."""
        name, length = path.name, min(length, self._sizes[path.name] - start)
        at, content = self._held.get(name, (0, b""))
        if at <= start and start + length <= at + len(content):
            return content[start - at : start - at + length]
        if (copy := self._copy(name)) is not None:
            with self._copying:
                return self._handles.read(copy, start, length)
        if length > 4 * WINDOW:
            return self._store.read(name, start, length)
        numbers = range(start // WINDOW, (start + max(length, 1) - 1) // WINDOW + 1)
        whole = b"".join(self._loaded([(name, number) for number in numbers]))
        return whole[start - numbers.start * WINDOW :][:length]

    def lacks(self, path: Path, start: int, length: int) -> bool:
        """Whether reading this range would have to ask the store."""
        if path.name in self._held:
            return False
        if self._cache is not None and self._sizes[path.name] > WINDOW:
            return not (self._cache / path.name).exists()
        last = (start + max(length, 1) - 1) // WINDOW
        return any((path.name, n) not in self._windows for n in range(start // WINDOW, last + 1))

    def hold(self, name: str, content: bytes) -> None:
        """Keep a whole object in memory until it is released."""
        self._sizes[name], self._held[name] = len(content), (0, content)

    def hold_indexes(self, objects: Mapping[str, int]) -> set[str]:
        """Keep the index of each of these objects (name and size) until it is released; those that are gone."""
        self._sizes |= objects
        first = {name: max(0, size - _TAIL) for name, size in objects.items()}
        tails = self._all([(name, first[name], objects[name] - first[name]) for name in objects])
        longer = {}
        for name, tail in tails.items():
            self._held[name] = (first[name], tail)
            length = index_length(tail[-FOOT.size :]) if len(tail) >= FOOT.size else None
            begin = objects[name] - FOOT.size - (length or 0) - SKIPPABLE.size
            if length is not None and 0 <= begin < first[name]:
                longer[name] = begin
        heads = self._all([(name, begin, first[name] - begin) for name, begin in longer.items()])
        for name, head in heads.items():
            self._held[name] = (longer[name], head + tails[name])
        gone = (objects.keys() - tails.keys()) | (longer.keys() - heads.keys())
        self.release(gone)
        return gone

    def release(self, objects: Iterable[str]) -> None:
        """Forget what was held of these; small ones stay among the windows for a while."""
        for name in objects:
            start, content = self._held.pop(name, (0, b""))
            if content and not start and len(content) == self._sizes.get(name, -1) <= WINDOW:
                with self._lock:
                    self._keep((name, 0), content)

    def close(self) -> None:
        """Close open files; reading opens them again."""
        with self._copying:
            self._handles.close()

    def _all(self, ranges: Sequence[tuple[str, int, int]]) -> dict[str, bytes]:
        """What is read of objects, by name; those that are gone left out."""
        found = self._store.read_many(ranges)
        pairs = zip(ranges, found, strict=True)
        return {name: content for (name, _, _), content in pairs if content is not None}

    def _loaded(self, windows: Sequence[Window]) -> list[bytes]:
        """The windows; each is asked for by one thread, at once with the others."""
        found: dict[Window, bytes] = {}
        mine: dict[Window, Future[bytes]] = {}
        theirs: dict[Window, Future[bytes]] = {}
        with self._lock:
            for window in windows:
                if window in self._windows:
                    self._windows.move_to_end(window)
                    found[window] = self._windows[window]
                elif window in self._coming:
                    theirs[window] = self._coming[window]
                else:
                    mine[window] = self._coming[window] = Future()
        if mine:
            found |= self._asked(mine)
        return [found[w] if w in found else theirs[w].result() for w in windows]

    def _asked(self, mine: dict[Window, Future[bytes]]) -> dict[Window, bytes]:
        try:
            got = self._store.read_many([(n, i * WINDOW, self._length(n, i)) for n, i in mine])
            if None in got:
                raise FileNotFoundError(errno.ENOENT, "the object is gone", self._store.url)
        except BaseException as error:
            with self._lock:
                for window, future in mine.items():
                    del self._coming[window]
                    future.set_exception(error)
            raise
        found = {window: content or b"" for window, content in zip(mine, got, strict=True)}
        with self._lock:
            for window, content in found.items():
                self._keep(window, content)
                self._coming.pop(window).set_result(content)
        return found

    def _length(self, name: str, number: int) -> int:
        return min(WINDOW, self._sizes[name] - number * WINDOW)

    def _keep(self, window: Window, content: bytes) -> None:
        self._bytes += len(content) - len(self._windows.pop(window, b""))
        self._windows[window] = content
        while self._bytes > _MOST_BYTES and len(self._windows) > 1:
            self._bytes -= len(self._windows.popitem(last=False)[1])

    def _copy(self, name: str) -> Path | None:
        """A large object as a file on this machine, fetched with its first use; None where there is no cache."""
        if self._cache is None or self._sizes[name] <= WINDOW:
            return None
        path = self._cache / name
        with self._copying:
            try:
                if not path.exists() or path.stat().st_size != self._sizes[name]:
                    self._cache.mkdir(parents=True, exist_ok=True)
                    partial = names.partial(path)
                    try:
                        self._store.download(name, partial)
                        partial.replace(path)
                    finally:
                        with contextlib.suppress(OSError):
                            partial.unlink(missing_ok=True)
            except FileNotFoundError:
                raise
            except OSError:
                self._cache = None  # a full disk, say: the store itself says what is wrong with it
                return None
        return path
