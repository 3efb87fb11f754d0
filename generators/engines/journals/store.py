"""Objects under one prefix of a file system that fsspec knows: listed, read by ranges, written whole.

Nothing is appended or renamed, so it is the same on S3, Google Cloud Storage and in memory. What a store says
when it is busy or out of reach is an OSError; reading is repeated for `READ_S` before that is believed.
"""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from generators.engines.journals import forks
from generators.engines.journals.url import file_system, masked
from schemas.exceptions import ConfigError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

READ_S = 60.0
"""How long reading is repeated: a store that restarts, or asks for fewer requests, is back by then."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 8.0
CALL_S = 120.0
"""A call without an answer for so long is given up; a client may wait for ever where a connection takes no more."""
_AT_ONCE = 64
"""Ranges in one call; fsspec asks for them at the same time."""

Got = TypeVar("Got")


class Store:
    """One prefix. Safe from several threads, and after a fork. OSError where it cannot be reached."""

    def __init__(self, url: str) -> None:
        self.url = masked(url)
        self._written = url
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._system, self._root = file_system(url)
        forks.keep_whole(type(self._system))

    def sizes(self) -> dict[str, int]:
        """Name and size of every object directly under the prefix; none where there is no prefix."""

        def ask() -> dict[str, int]:
            system = self._connected()
            try:
                found = system.ls(self._root, detail=True, **_limited(system))
            except FileNotFoundError:
                return {}
            files = (one for one in found if one["type"] == "file")
            return {str(one["name"]).rsplit("/", 1)[-1]: int(one["size"] or 0) for one in files}

        return self._patiently(ask)

    def modified(self, name: str) -> float:
        """When an object was written, by the store's clock."""
        return float(self._patiently(lambda: self._connected().modified(self._path(name)).timestamp()))

    def read(self, name: str, start: int, length: int) -> bytes:
        """A range of an object. FileNotFoundError where it is gone."""
        (content,) = self.read_many([(name, start, length)])
        if content is None:
            raise FileNotFoundError(errno.ENOENT, "the object is gone", f"{self.url}/{name}")
        return content

    def read_many(self, ranges: Sequence[tuple[str, int, int]]) -> list[bytes | None]:
        """Ranges (name, start, length), asked for at once; None for an object that is gone."""
        found: list[bytes | None] = []
        for at in range(0, len(ranges), _AT_ONCE):
            found += self._read_some(ranges[at : at + _AT_ONCE])
        return found

    def put(self, name: str, content: bytes) -> None:
        """Write an object, once: the caller repeats it. It is whole or not there."""
        self._once(lambda: self._write(name, content))

    def patiently_put(self, name: str, content: bytes) -> None:
        """Write an object, again where the store is busy."""
        self._patiently(lambda: self._write(name, content))

    def upload(self, path: Path, name: str) -> None:
        """Write a file as an object."""
        self._patiently(lambda: self._connected().put_file(str(path), self._path(name)))

    def download(self, name: str, path: Path) -> None:
        """Write an object to a file. FileNotFoundError where it is gone."""
        self._patiently(lambda: self._connected().get_file(self._path(name), str(path)))

    def remove(self, objects: Collection[str]) -> None:
        """Remove objects; those that are gone already are no error."""

        def ask() -> None:
            system = self._connected()
            try:
                system.rm([self._path(name) for name in objects], **_limited(system))
            except FileNotFoundError:
                for name in objects:
                    with contextlib.suppress(FileNotFoundError):
                        system.rm_file(self._path(name))

        if objects:
            self._patiently(ask)

    def _write(self, name: str, content: bytes) -> None:
        system = self._connected()
        system.pipe_file(self._path(name), content, **_limited(system))

    def _read_some(self, ranges: Sequence[tuple[str, int, int]]) -> list[bytes | None]:
        found: dict[int, bytes | None] = {}

        def ask() -> None:
            left = [number for number in range(len(ranges)) if number not in found]
            names, starts, lengths = zip(*(ranges[number] for number in left), strict=True)
            ends = [start + length for start, length in zip(starts, lengths, strict=True)]
            system = self._connected()
            paths = [self._path(name) for name in names]
            got = system.cat_ranges(paths, list(starts), ends, on_error="return", **_limited(system))
            failed: Exception | None = None
            for number, one in zip(left, got, strict=True):
                if isinstance(one, FileNotFoundError):
                    found[number] = None
                elif isinstance(one, Exception):
                    failed = one
                else:
                    found[number] = one
            if failed:
                raise failed

        self._patiently(ask)
        return [found[number] for number in range(len(ranges))]

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _connected(self) -> "AbstractFileSystem":
        # A file system with an event loop of its own must not be used after a fork.
        with self._lock:
            if self._process != os.getpid():
                self._system, self._root = file_system(self._written)
                self._process = os.getpid()
            return self._system

    def _patiently(self, ask: Callable[[], Got]) -> Got:
        end, wait = time.monotonic() + READ_S, FIRST_WAIT_S
        while True:
            try:
                return self._once(ask)
            except (FileNotFoundError, PermissionError):
                raise
            except OSError:
                if time.monotonic() + wait > end:
                    raise
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)

    def _once(self, ask: Callable[[], Got]) -> Got:
        """What was asked; whatever goes wrong is an OSError that names the store and no secret."""
        try:
            return ask()
        except ConfigError:
            raise
        except FileNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, _said(error), self.url) from None
        except PermissionError as error:
            raise PermissionError(errno.EACCES, _said(error), self.url) from None
        except Exception as error:
            number = getattr(error, "errno", None) or errno.EIO
            # A client may have an error class of its own for "there are no credentials".
            kind = PermissionError if "Credentials" in type(error).__name__ else OSError
            raise kind(errno.EACCES if kind is PermissionError else number, _said(error), self.url) from None


def _limited(system: "AbstractFileSystem") -> dict[str, float]:
    return {"timeout": CALL_S} if system.async_impl else {}


def _said(error: Exception) -> str:
    """An error's own words on one line, without URLs: those may be signed."""
    words = [word for word in str(error).split() if "://" not in word]
    return " ".join(words)[:300] or type(error).__name__
