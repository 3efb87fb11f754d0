"""A store on anything that fsspec reaches (`s3://bucket/prefix`), where nothing can be renamed or added to.

Files are immutable and named by content; `chunk.json` is put last, so a result is there whole or not at all.
What was put or fetched stays in a folder of this machine, `work/scratch`, from which shards are written.
"""

import contextlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec

from pipelines.chunk_result import ChunkResult
from pipelines.files import sha256_of
from pipelines.store import RECORD, Store, own_name
from schemas.exceptions import ConfigError

if TYPE_CHECKING:
    from pipelines.chunk_input import ChunkInput


class RemoteStore(Store):
    """A store at a URL, with this machine's copies in `work`."""

    def __init__(self, url: str, work: Path) -> None:
        super().__init__(work / "scratch")
        self._url = url.rstrip("/")
        try:
            self._files, self._root = fsspec.core.url_to_fs(self._url)
        except (ImportError, ValueError) as error:
            raise ConfigError(f"run.store: {url.partition('://')[0]}:// cannot be reached: {error}") from None

    @property
    def where(self) -> str:
        return self._url

    @property
    def journal(self) -> str:
        return f"{self._url}/journal"

    def named(self, name: str) -> ChunkResult | None:
        here = super().named(name)
        if here is not None:
            return here
        partial = self.begin(name)
        try:
            saved = self._fetched(f"{self._root}/chunks/{name}", partial)
            return None if saved is None else super().keep(saved["address"], partial, saved["counts"])
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _fetched(self, there: str, partial: Path) -> dict[str, Any] | None:
        """The record of a result whose files are in `partial` now; None where it is not there whole."""
        try:
            saved: dict[str, Any] = json.loads(self._files.cat_file(f"{there}/{RECORD}"))
            for name, sha256 in saved["files"].items():
                self._files.get_file(f"{there}/{sha256}-{name}", str(partial / name))
                if sha256_of(partial / name) != sha256:
                    return None
        except (FileNotFoundError, ValueError):
            return None
        return saved

    def keep(self, address: str, partial: Path, counts: Mapping[str, int]) -> ChunkResult:
        result = super().keep(address, partial, counts)
        there = f"{self._root}/chunks/{Path(result.folder).name}"
        for name, sha256 in result.files.items():
            self._put(Path(result.folder, name), f"{there}/{sha256}-{name}")
        self._put(Path(result.folder, RECORD), f"{there}/{RECORD}")
        return result

    def share_input(self, chunk: "ChunkInput") -> None:
        target = f"{self._root}/inputs/{chunk.sha256}.jsonl"
        if not self._files.exists(target):
            self._put(Path(chunk.path), target)

    def own_input(self, chunk: "ChunkInput") -> "ChunkInput":
        path = self._input(chunk)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f".{path.name}.{own_name()}.partial")
            self._files.get_file(f"{self._root}/inputs/{chunk.sha256}.jsonl", str(partial))
            partial.replace(path)
        return replace(chunk, path=str(path))

    def _put(self, path: Path, target: str) -> None:
        with contextlib.suppress(NotImplementedError):
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)  # stores with real folders
        self._files.put_file(str(path), target)
