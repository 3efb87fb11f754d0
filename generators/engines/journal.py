"""The journal: every completion that was paid for, kept before it is used.

A folder of append-only files, one per writer at a time; no database, no locks and no memory mapping, so it
works on NFS and survives `kill -9` at any byte. (A record is handed to the operating system, not forced to
disk: a power cut, over NFS that of the writer's machine, can lose the last seconds.) What is written is whole
lines of JSON (`journals.records`). A file that is full, or whose journal is closed, is sealed: compressed in
blocks, with an index at its end (`journals.segment_writer`), so that opening a journal reads 16 bytes a record
and no text; `corrigenda journal compact` merges the files of many writers (`journals.compact`).

Where two files hold the same key the older file wins, so that a rebuild always replays the same text. The
last record of a file may be torn and is then ignored; an unreadable record elsewhere is skipped and counted.

A journal sees what was there when it was opened and what it wrote itself; what another process has written
since, whether it still runs, has ended or was killed, is seen after `refresh`.
Under a URL a journal is kept as objects (`journals.object_journal`).
"""

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from generators.engines.base import Completion, Scores
from generators.engines.journals.folder import Folder
from generators.engines.journals.live import LiveFile
from generators.engines.journals.lookup import GONE
from generators.engines.journals.records import as_completion, as_scores, completion_record, scores_record
from schemas.exceptions import ConfigError

REFRESH_S = 60.0
"""`refresh` lists the folder at most so often, unless it is to be at once."""


class Journal:
    """All journal files of one folder, indexed by key; texts stay on disk until asked for.

    Memory: 16 bytes per record, 200 for those of the file being written, and 16 MiB of blocks read last.
    Safe to use from several threads.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ConfigError(f"the journal {self.folder} is a file; name a folder")
        self.where = str(self.folder)
        self._lock = threading.Lock()
        self._live: LiveFile | None = None
        self._unreadable = 0
        self._looked = time.monotonic()
        self._files = Folder(self.folder)

    def __len__(self) -> int:
        return self._files.index.distinct + (len(self._live.places) if self._live else 0)

    def __contains__(self, key: str) -> bool:
        with self._lock:
            return self._holds(key)

    @property
    def unreadable(self) -> int:
        """Records that were skipped because they are damaged, torn last records not counted."""
        return self._unreadable + self._files.unreadable

    async def fetch(self, keys: Iterable[str]) -> None:
        """Nothing: a record is read in less time than a thread would take."""

    def get(self, key: str) -> Completion | None:
        """The completion of a key, read from disk; None where there is none or it is damaged."""
        line = self._line(key)
        return as_completion(line) if line else None

    def get_scores(self, key: str) -> Scores | None:
        """The scores of a key, read from disk; None where there are none or they are damaged."""
        line = self._line(key)
        return as_scores(line) if line else None

    async def prepare(self) -> None:
        """Have a file to write to. OSError where there can be none: better known before something is bought."""
        with self._lock:
            self._open_file()

    def put(self, key: str, completion: Completion, *, model: str = "", seed: int = 0) -> None:
        """Append a record; on return it outlives this process. OSError where it cannot be written.

        A key that is there already keeps its first completion.
        """
        self._put(key, completion_record(key, completion, model, seed))

    def put_scores(self, key: str, scores: Scores, *, model: str = "") -> None:
        """Append the scores of a key as `put` does."""
        self._put(key, scores_record(key, scores, model))

    async def kept(self) -> None:
        """Nothing: `put` has handed it to the operating system."""

    def refresh(self, at_once: bool = False) -> None:
        """See what other writers have written since; not more often than every `REFRESH_S`, unless `at_once`."""
        if not at_once and time.monotonic() - self._looked < REFRESH_S:
            return
        with self._lock:
            self._looked = time.monotonic()
            if not self._files.look_again(without=self._own_file()):
                self._reload()

    def close(self) -> None:
        """Seal the file being written; a later `put` starts a new one. Idempotent."""
        with self._lock:
            self._end_file()
            self._files.close()

    def _line(self, key: str) -> bytes:
        with self._lock:
            if self._live and (name := bytes.fromhex(key)) in self._live.places:
                return self._own(self._live, name)
            try:
                return self._files.find(key)
            except OSError as error:
                if error.errno not in GONE:
                    raise
                # Another process merged the file into one that this journal has not seen.
                self._reload()
                return self._files.find(key)

    def _own(self, live: LiveFile, name: bytes) -> bytes:
        line = live.line(name)
        if not line:
            self._unreadable += 1
            del live.places[name]
        return line

    def _put(self, key: str, line: bytes) -> None:
        with self._lock:
            if self._holds(key):
                return
            live = self._open_file()
            try:
                if not live.append(bytes.fromhex(key), line):
                    live.close()
                    self._live = LiveFile(self.folder)
                    self._reload()
                    self._live.append(bytes.fromhex(key), line)
            except OSError:
                self._end_file()
                raise

    def _open_file(self) -> LiveFile:
        # A fork must not share its parent's file.
        if self._live and (self._live.full or self._live.process != os.getpid()):
            self._end_file()
        self._live = self._live or LiveFile(self.folder)
        return self._live

    def _holds(self, key: str) -> bool:
        return (self._live is not None and bytes.fromhex(key) in self._live.places) or key in self._files

    def _end_file(self) -> None:
        live, self._live = self._live, None
        if live is None:
            return
        if live.process != os.getpid():
            live.close()
            self._reload()
        elif path := live.seal():
            try:
                self._files.add(path)
            except OSError:
                self._reload()

    def _reload(self) -> None:
        """List the folder again."""
        self._files.close()
        self._files = Folder(self.folder, without=self._own_file())

    def _own_file(self) -> frozenset[Path]:
        return frozenset({self._live.path} if self._live else ())
