"""Merging a journal's files: fewer, compressed, each key once.

Files that follow each other in the journal's order are merged, so that nothing overtakes anything and every
key replays what it replayed before. A file that must stay (still written, damaged, or large enough) parts
the ones before it from those behind. Merged files are written whole, forced to disk and renamed to names
never used before; only then are their sources removed. Killed at any point, it leaves either the sources,
or both: double records, which replay alike and go with the next run.

Over NFS a reader on another machine may find a source gone that it has open (ESTALE): a journal then lists its
folder again. Two that compact at once may do the work twice; nothing is lost. Whether a file is still written
is told by its age alone, in the file server's time: process numbers of another machine, or of another
container, say nothing here.
"""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.folder import Folder
from generators.engines.journals.handles import Handles
from generators.engines.journals.lookup import GONE
from generators.engines.journals.plain import Plain
from generators.engines.journals.records import key_of, prefix_of, without_sum
from generators.engines.journals.segment import Segment
from generators.engines.journals.segment_writer import SegmentWriter
from schemas.exceptions import InputError

OPEN_S = 24 * 3600
"""An open file that did not grow for so long was left by a writer that is dead (`live.IDLE_S`)."""
FULL_RECORDS = 1 << 21  # 32 MB of entries, held while a segment is written
FULL_BYTES = 1 << 30
_TRIES = 20


@dataclass
class Compaction:
    """What was done. `open` and `damaged` files were left as they were."""

    merged: int = 0
    """Files that were merged and removed."""
    written: list[Path] = field(default_factory=list)
    records: int = 0
    doubles: int = 0
    """Records left out because an older one has their key."""
    open: list[Path] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)


class Damaged(Exception):
    """A file turned out to be damaged while it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def compact(folder: Path, include_open: bool = False) -> Compaction:
    """Merge what can be merged; with `include_open` also files that a writer may still have.

    InputError where another process changes the same files meanwhile; OSError where it cannot be written.
    """
    done = Compaction()
    now = _now(folder)
    tries = _TRIES
    while tries:
        try:
            for run in _runs(folder, now, include_open, done):
                merge(run, done)
            return done
        except Damaged as damage:
            done.damaged.append(damage.path)
        except OSError as error:
            # A writer sealed its file, or another compaction took it, since the folder was listed.
            if error.errno not in GONE:
                raise
            tries -= 1
    raise InputError(
        f"the files of the journal {folder} kept changing while they were merged: another process compacts it, "
        "nothing is lost; run it again when that one has finished"
    )


def _now(folder: Path) -> float:
    """The file server's time, which the ages of its files are measured by; and old leftovers are removed."""
    probe = names.partial(folder / "clock")
    probe.touch(exist_ok=False)
    try:
        now = probe.stat().st_mtime
    finally:
        probe.unlink()
    for left in folder.glob(f".*{names.PARTIAL}"):
        with contextlib.suppress(FileNotFoundError):
            if now - left.stat().st_mtime > OPEN_S:
                left.unlink()
    return now


def _runs(folder: Path, now: float, include_open: bool, done: Compaction) -> list[list[Path]]:
    """Files to merge with each other: neighbours in the journal's order, none of which must stay."""
    runs: list[list[Path]] = [[]]
    done.open = []
    for path in names.files(folder):
        is_open = path.name.endswith(names.OPEN)
        if is_open and not include_open and now - path.stat().st_mtime <= OPEN_S:
            done.open.append(path)
        elif path not in done.damaged and not _full(path):
            runs[-1].append(path)
            continue
        runs.append([])
    return [run for run in runs if len(run) > 1 or (run and not run[0].name.endswith(names.SEALED))]


def _full(path: Path) -> bool:
    """Whether a file is a merged one that is large enough."""
    if not path.name.endswith(names.SEALED) or "~" not in path.name:
        return False
    handles = Handles()
    try:
        segment = Segment(path, handles)
    finally:
        handles.close()
    return segment.records >= FULL_RECORDS // 2 or segment.size >= FULL_BYTES // 2


def merge(paths: list[Path], done: Compaction) -> None:
    """Merge some files, in their order, and remove them. Damaged, before anything is changed; OSError."""
    sizes = {path: path.stat().st_size for path in paths}
    sources = Folder(paths[0].parent, paths)
    writers = _Parts(paths[0])
    try:
        doubles = sum(_copied(sources, number, writers) for number in range(len(paths)))
        writers.finish()
    finally:
        writers.discard()
        sources.close()
    done.doubles += doubles
    done.records += writers.records
    done.written += writers.paths
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # another compaction did the same
            # One that grew has a living writer after all: it stays, and doubles what was merged.
            if path.stat().st_size == sizes[path]:
                path.unlink()
                done.merged += 1


def _copied(sources: Folder, number: int, writers: "_Parts") -> int:
    """Copy the records of one file that are the first of their key; how many were not. Damaged."""
    file, doubles = sources.files[number], 0
    if file.unreadable or (isinstance(file, Segment) and file.index_damaged):
        raise Damaged(file.path)
    for place, line in file.lines():
        if _is_first(sources, number, place, line):
            writers.add(without_sum(line) if isinstance(file, Plain) else line)
        else:
            doubles += 1
    if file.unreadable:
        raise Damaged(file.path)
    return doubles


def _is_first(sources: Folder, number: int, place: int, line: bytes) -> bool:
    for other in sources.index.find(prefix_of(line)):
        if other == (number, place):
            return True
        if key_of(sources.line(*other)) == key_of(line):
            return False
    return True


class _Parts:
    """Segments of bounded size, put in place together when all are whole."""

    def __init__(self, first: Path) -> None:
        self._name = first.with_name(names.merged(first))
        self._writers: list[SegmentWriter] = []
        self.records = 0
        self.paths: list[Path] = []

    def add(self, line: bytes) -> None:
        """Add a record to the last part, or to a new one where that is full."""
        last = self._writers[-1] if self._writers else None
        if last is None or last.records >= FULL_RECORDS or last.size >= FULL_BYTES:
            if last is not None:
                last.close()
            last = SegmentWriter(
                self._name.with_name(f"{self._name.name}-{len(self._writers):03d}.jsonl.zst")
            )
            self._writers.append(last)
        last.add(line)
        self.records += 1

    def finish(self) -> None:
        """Put all parts in place."""
        for writer in self._writers:
            writer.finish()
            self.paths.append(writer.path)

    def discard(self) -> None:
        """Leave no unfinished part behind."""
        for writer in self._writers:
            writer.discard()
