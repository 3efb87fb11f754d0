"""Parts of one writer, and what becomes of them.

    STEM.0000000.jsonl.zst, STEM.0000001.jsonl.zst, …    parts, each a whole segment
    STEM.jsonl.zst                                       the same records, when there are enough or all is closed

Parts are removed only after the sealed segment is stored; whoever is killed between leaves doubles, which replay
alike. Where sealing fails the parts stay: nothing depends on it.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import zstandard

from generators.engines.journals import names
from generators.engines.journals.objects import Objects
from generators.engines.journals.segment_writer import packed
from generators.engines.journals.store import FIRST_WAIT_S, LONGEST_WAIT_S, Store

FULL_BYTES = 64 << 20
"""Of text, 20 MB stored; that much is kept in memory until it is sealed."""
FULL_RECORDS = 1 << 16
SEAL_S = 6 * 3600
"""Nothing is added to a segment that was begun so long ago: `compact` takes its parts after a day."""
_TRIES = 6


@dataclass
class _Segment:
    """A segment in the making."""

    stem: str = field(default_factory=names.new_stem)
    began: float = field(default_factory=time.time)
    parts: dict[str, bytes] = field(default_factory=dict)
    numbered: int = 0
    records: int = 0
    text: int = 0

    @property
    def full(self) -> bool:
        return self.records >= FULL_RECORDS or self.text >= FULL_BYTES or time.time() - self.began > SEAL_S

    def lines(self) -> Iterator[bytes]:
        """The records in the order in which they were bought."""
        for content in self.parts.values():
            reader = zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True)
            yield from reader.read().splitlines(keepends=True)


class Sealing:
    """The segments of one process; used by one thread at a time."""

    def __init__(self, store: Store, objects: Objects) -> None:
        self._store = store
        self._objects = objects
        self._segment: _Segment | None = None
        self._threads: list[threading.Thread] = []

    def part(self) -> str:
        """The name of the next part."""
        if self._segment and self._segment.full:
            self._roll()
        segment = self._segment = self._segment or _Segment()
        segment.numbered += 1
        return names.part(segment.stem, segment.numbered - 1)

    def add(self, name: str, content: bytes, records: int, text: int) -> None:
        """Note a part that is stored."""
        assert self._segment is not None
        self._segment.parts[name] = content
        self._segment.records += records
        self._segment.text += text
        self._objects.add(name, content)
        if self._segment.full:
            self._roll()

    def close(self) -> None:
        """Seal what there is, and wait until all is sealed."""
        self._roll()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _roll(self) -> None:
        """Seal the segment, beside what is stored meanwhile."""
        segment, self._segment = self._segment, None
        if segment and segment.parts:
            thread = threading.Thread(target=self._seal, args=(segment,), name="journal-seal", daemon=True)
            thread.start()
            self._threads = [t for t in self._threads if t.is_alive()] + [thread]

    def _seal(self, segment: _Segment) -> None:
        name = segment.stem + names.SEALED
        sealed = len(segment.parts) > 1 and self._stored(name, packed(segment.lines()))
        if not sealed:
            self._objects.release(segment.parts)
            return
        self._objects.merged(name, segment.parts)
        with contextlib.suppress(OSError):  # doubles, until the next compaction
            self._store.remove(segment.parts)

    def _stored(self, name: str, content: bytes) -> bool:
        wait = FIRST_WAIT_S
        for left in range(_TRIES, 0, -1):
            try:
                self._store.put(name, content)
            except (FileNotFoundError, PermissionError):
                return False
            except OSError:
                time.sleep(wait if left > 1 else 0)
                wait = min(2 * wait, LONGEST_WAIT_S)
            else:
                self._objects.add(name, content)
                return True
        return False
