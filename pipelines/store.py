"""What builds share: chunk results and plans by their addresses, judges' verdicts, and the journal.

    journal/                     every completion that was paid for (generators.engines.journal)
    chunks/<address>/            {attempts,sft,preference,stepwise}.<split>.parquet, dropped.parquet,
                                 chunk.json: hashes of the files, counts
    plans/<address>/             chunk-00017.jsonl, dropped.jsonl, plan.json
    verdicts/                    what the judge's workers said (where `run.store` names the folder)

A folder of a build's own (`work/` of its output) or one that `run.store` names. A result appears whole or not
at all, and is believed only while its files hash as it says.
"""

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.chunk_result import ChunkResult
from pipelines.files import sha256_of, write_json

if TYPE_CHECKING:
    from pipelines.chunk_input import ChunkInput
    from pipelines.config import BuildConfig

RECORD = "chunk.json"
_NAME = 40
"""Digits of an address that name its folder: 160 bits."""


class Store:
    """A store in a folder of this machine, or one that several machines mount."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def where(self) -> str:
        """What `run.store` has to be for another process to find it."""
        return str(self.folder)

    @property
    def journal(self) -> str:
        """Where the journal is."""
        return str(self.folder / "journal")

    @property
    def verdicts(self) -> Path:
        """Folder of the judge's verdicts; of this machine also where the store is not."""
        return self.folder / "verdicts"

    @property
    def plans(self) -> Path:
        """Folder of plans; of this machine also where the store is not."""
        return self.folder / "plans"

    def find(self, address: str) -> ChunkResult | None:
        """The chunk's result, if it is there and whole."""
        return self._in_folder(address)

    def _in_folder(self, address: str) -> ChunkResult | None:
        folder = self._place(address)
        try:
            saved = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        for name, sha256 in saved["files"].items():
            if not (folder / name).is_file() or sha256_of(folder / name) != sha256:
                return None
        return ChunkResult(str(folder), saved["files"], saved["counts"])

    def begin(self, address: str) -> Path:
        """An empty folder in which to write a chunk's files."""
        partial = self._place(address).with_name(f".{address[:_NAME]}.{uuid.uuid4().hex[:8]}.partial")
        partial.mkdir(parents=True)
        return partial

    def keep(self, address: str, partial: Path, counts: Mapping[str, int]) -> ChunkResult:
        """Make what was written in `partial` the chunk's result, in place of an unfinished one that is there.

        A finished one stays: it is as good, and another build may be reading it.
        """
        there = self._in_folder(address)
        if there is not None and not there.unfinished:
            shutil.rmtree(partial)
            return there
        files = {p.name: sha256_of(p) for p in sorted(partial.glob("*.parquet"))}
        write_json(
            partial / RECORD, {"address": address, "files": files, "counts": dict(sorted(counts.items()))}
        )
        target = self._place(address)
        shutil.rmtree(target, ignore_errors=True)
        try:
            partial.replace(target)
        except OSError:
            there = self._in_folder(address)  # of another build or machine, just now
            if there is None:
                raise
            shutil.rmtree(partial, ignore_errors=True)
            return there
        return ChunkResult(str(target), files, dict(counts))

    def share_input(self, chunk: "ChunkInput") -> None:
        """Put a chunk's input where every machine finds it. A folder is mounted by all: nothing to do."""

    def own_input(self, chunk: "ChunkInput") -> "ChunkInput":
        """The chunk's input with a path of this machine."""
        return chunk

    def _place(self, address: str) -> Path:
        return self.folder / "chunks" / address[:_NAME]


def open_store(config: "BuildConfig", work: Path) -> Store:
    """The store that `run.store` names, else that of the build's own `work` folder."""
    where = config.run.store
    if "://" in where:
        from pipelines.remote_store import RemoteStore

        return RemoteStore(where, work)
    return Store(Path(where).resolve() if where else work)
