"""What builds share: chunk results and plans by their addresses, judges' verdicts, and the journal.

    journal/                     every completion that was paid for (generators.engines.journal)
    chunks/<address>/            {attempts,sft,preference,stepwise}.<split>.parquet, dropped.parquet,
                                 chunk.json: hashes of the files, counts
    plans/<address>/             chunk-00017.jsonl, dropped.jsonl, plan.json
    verdicts/                    what the judge's workers said (where `run.store` names the folder)

A folder of a build's own (`work/` of its output) or one that `run.store` names. A result appears whole or not
at all, and is believed only while its files hash as it says.
"""

import contextlib
import json
import os
import platform
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.chunk_result import ChunkResult
from pipelines.files import sha256_of, write_json
from schemas.ids import content_hash

if TYPE_CHECKING:
    from pipelines.chunk_input import ChunkInput
    from pipelines.config import BuildConfig

RECORD = "chunk.json"
STALE_S = 24 * 3600
"""Seconds after which what nobody uses is nobody's work any more."""
_NAME = 40
"""Digits of an address that name its folder: 160 bits."""


def folder_name(address: str) -> str:
    """Name of the folder of what has this address."""
    return address[:_NAME]


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
        """The chunk's finished result, if it is there and whole."""
        return self.named(folder_name(address))

    def named(self, name: str) -> ChunkResult | None:
        """The result in the folder of this name, finished or not, if it is there and whole."""
        folder = self._place(name)
        try:
            saved = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            for file, sha256 in saved["files"].items():
                if sha256_of(folder / file) != sha256:
                    return None
        except (OSError, ValueError, KeyError):
            return None
        return ChunkResult(str(folder), saved["files"], saved["counts"])

    def begin(self, address: str) -> Path:
        """An empty folder in which to write a chunk's files; another machine may write the same chunk just now."""
        partial = self._place(f".{folder_name(address)}.{own_name()}.partial")
        partial.mkdir(parents=True)
        return partial

    def keep(self, address: str, partial: Path, counts: Mapping[str, int]) -> ChunkResult:
        """Make what was written in `partial` the chunk's result.

        A finished one that is there stays: it is as good, and another build may be reading it. One with unfinished
        cases gets a name of its own and is never found by its address: whoever tries again takes nobody's away.
        """
        files = {p.name: sha256_of(p) for p in sorted(partial.glob("*.parquet"))}
        record = {"address": address, "files": files, "counts": dict(sorted(counts.items()))}
        write_json(partial / RECORD, record)
        name = folder_name(address)
        if ChunkResult("", files, dict(counts)).unfinished:
            name = f"{name}-{content_hash(record)[:12]}"
        if (there := self.named(name)) is not None:
            shutil.rmtree(partial, ignore_errors=True)
            return there
        target = self._place(name)
        shutil.rmtree(target, ignore_errors=True)
        try:
            partial.replace(target)
        except OSError:
            if (there := self.named(name)) is None:  # of another build or machine, just now
                raise
            shutil.rmtree(partial, ignore_errors=True)
            return there
        return ChunkResult(str(target), files, dict(counts))

    def sweep(self) -> None:
        """Remove what killed processes left half written. Younger things may be somebody's work."""
        for partial in self.folder.glob("*/.*.partial"):
            with contextlib.suppress(OSError):
                if time.time() - partial.stat().st_mtime > STALE_S:
                    shutil.rmtree(partial, ignore_errors=True)

    def share_input(self, chunk: "ChunkInput") -> None:
        """Put a chunk's input where every machine finds it: a plan may lie in a folder of the build's own."""
        if Path(chunk.path).is_relative_to(self.folder) or self._input(chunk).is_file():
            return
        self._input(chunk).parent.mkdir(parents=True, exist_ok=True)
        partial = self._input(chunk).with_name(f".{chunk.sha256}.{own_name()}.partial")
        shutil.copyfile(chunk.path, partial)
        partial.replace(self._input(chunk))

    def own_input(self, chunk: "ChunkInput") -> "ChunkInput":
        """The chunk's input with a path of this machine."""
        shared = self._input(chunk)
        return replace(chunk, path=str(shared)) if shared.is_file() else chunk

    def _input(self, chunk: "ChunkInput") -> Path:
        return self.folder / "inputs" / f"{chunk.sha256}.jsonl"

    def _place(self, name: str) -> Path:
        return self.folder / "chunks" / name


def own_name() -> str:
    """A name that no other process on any machine has."""
    return f"{platform.node()}-{os.getpid()}-{secrets.token_hex(3)}"


def open_store(config: "BuildConfig", work: Path) -> Store:
    """The store that `run.store` names, else that of the build's own `work` folder."""
    where = config.run.store
    if "://" in where:
        from pipelines.remote_store import RemoteStore

        return RemoteStore(where, work)
    return Store(Path(where).resolve() if where else work)
