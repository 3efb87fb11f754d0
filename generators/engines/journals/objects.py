"""All objects of a journal under a URL, and single records of them: only indexes are read to open it."""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from threading import Lock, RLock

from generators.engines.journals import names
from generators.engines.journals.lookup import Lookup
from generators.engines.journals.ranges import Ranges
from generators.engines.journals.segment import Segment, line_at
from generators.engines.journals.segment_writer import OFFSET_BITS
from generators.engines.journals.store import Store
from schemas.exceptions import InputError

_OFFSET = (1 << OFFSET_BITS) - 1
_MOST_FILES = 1 << 20  # what `index` can number
_MOST_GONE = 1000
_TRIES = 20


class Objects(Lookup[Segment]):
    """The segments under a URL. OSError where the store cannot be reached.

    Memory: 16 bytes per record, as much again while it is opened, and 80 MiB of text read last.
    """

    def __init__(self, store: Store, cache: Path | None = None) -> None:
        super().__init__([])
        self.store = store
        self.lock = RLock()
        """Held while the index is looked at or changed; what takes long is read before."""
        self._refreshing = Lock()
        self._ranges = Ranges(store, cache)
        self._numbers: dict[str, int] = {}
        self._gone: set[int] = set()
        self._own: set[str] = set()
        self.refresh()

    def places(self, key: str) -> Iterable[tuple[int, int]]:
        """File number and place of every record that may be of a key, the oldest file's first."""
        found = [at for at in super().places(key) if at[0] not in self._gone]
        if len(found) > 1:  # files are numbered as they are met
            found.sort(key=lambda at: names.rank(self.files[at[0]].path.name))
        return found

    def line(self, number: int, place: int) -> bytes:
        """The record at a place of a file; empty where it is damaged. OSError where it cannot be read."""
        text = self._blocks.text(number, self.files[number], place >> OFFSET_BITS)
        return line_at(text, place & _OFFSET)

    def refresh(self) -> None:
        """List again, and read the indexes of what is new; what is no longer there is forgotten."""
        with self._refreshing:
            self._refresh()

    def _refresh(self) -> None:
        afresh = not self._numbers or len(self._gone) > _MOST_GONE + len(self.files) // 2
        for _ in range(_TRIES):
            before = set(self._numbers)
            listed = segments(self.store)
            missing = {n: s for n, s in listed.items() if n not in self._own and (afresh or n not in before)}
            vanished = self._ranges.hold_indexes(missing)
            with self.lock:
                self._changed([n for n in missing if n not in vanished], before - listed.keys(), afresh)
            if not vanished:
                return
            # They were merged into another between listing and reading.
            afresh = False

    def add(self, name: str, content: bytes) -> None:
        """Add an object that this process has stored; it stays in memory until `release` or `merged`."""
        self._ranges.hold(name, content)
        with self.lock:
            self._own.add(name)
            self._append(name)

    def release(self, objects: Iterable[str]) -> None:
        """Keep objects of this process no longer in memory."""
        with self.lock:
            for name in objects:
                self._own.discard(name)
                self._ranges.release([name])

    def merged(self, into: str, sources: Iterable[str]) -> None:
        """Look for what was in these objects of this process in another one of it."""
        with self.lock:
            self.release([into, *sources])
            self._gone |= {self._numbers[name] for name in sources}

    def near(self, keys: Iterable[str]) -> list[tuple[Segment, int]]:
        """Blocks that must be asked for before the records of these keys can be read."""
        wanted: dict[tuple[int, int], Segment] = {}
        with self.lock:
            for key in keys:
                for number, place in self.places(key):
                    segment, block = self.files[number], place >> OFFSET_BITS
                    start = segment.start(block)
                    if self._ranges.lacks(segment.path, start, segment.start(block + 1) - start):
                        wanted[number, block] = segment
                    break
        return [(segment, block) for (_, block), segment in wanted.items()]

    def load(self, segment: Segment, block: int) -> None:
        """Read a block, so that it is near. OSError."""
        start = segment.start(block)
        with contextlib.suppress(FileNotFoundError):  # who asks for its records lists again
            self._ranges.read(segment.path, start, segment.start(block + 1) - start)

    def close(self) -> None:
        """Close open files; reading opens them again."""
        self._ranges.close()

    def _changed(self, added: list[str], removed: set[str], afresh: bool) -> None:
        added.sort(key=names.rank)
        if not afresh:
            for name in added:
                self._append(name)
            self._gone |= {self._numbers[name] for name in removed - self._own}
        else:
            added = sorted({*added, *self._own}, key=names.rank)
            _limited(len(added))
            files = [Segment(Path(name), self._ranges) for name in added]
            super().__init__(files)
            self._numbers = {name: number for number, name in enumerate(added)}
            self._gone = set()
        self._ranges.release(name for name in added if name not in self._own)

    def _append(self, name: str) -> None:
        if name in self._numbers:
            return
        _limited(len(self.files) + 1)
        self.files.append(Segment(Path(name), self._ranges))
        self._numbers[name] = len(self.files) - 1
        self.index.add(self.files[-1], len(self.files) - 1)


def segments(store: Store) -> dict[str, int]:
    """Name and size of a journal's objects. OSError."""
    return {n: s for n, s in store.sizes().items() if n.endswith(names.SEALED) and not n.startswith(".")}


def _limited(files: int) -> None:
    if files > _MOST_FILES:
        raise InputError(
            f"a journal of more than {_MOST_FILES:,} objects cannot be opened: `corrigenda journal compact` merges them"
        )
