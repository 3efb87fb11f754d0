"""The journal: every completion that was paid for, kept before it is used.

One append-only file of JSON lines per writer, never rewritten; no database, no locks and no memory
mapping, so it works on NFS and survives `kill -9` at any byte. (A record is handed to the operating
system, not forced to disk: a power cut can lose the last seconds.) A line:

    {"key":"9f…","model":"tiny","seed":3,"text":"4","ids":[19,2],"finish":"stop","logprob":-0.1,"sum":"5c…"}

Scores of given texts are kept likewise, as `{"key":"…","model":"tiny","scores":[-0.1],"sum":"…"}`.
`sum` is a checksum of everything before it. The last record of a file may be torn and is then
ignored; an unreadable record elsewhere is skipped and counted. Where two files hold the same key
the older file wins, so that a rebuild always replays the same text.

A journal sees what was there when it was opened and what it wrote itself; records that another
process writes meanwhile are seen by the next one that opens the folder.
"""

import contextlib
import hashlib
import json
import os
import secrets
import threading
import time
from pathlib import Path
from typing import Any

from generators.engines.base import Completion, Request, Scores
from schemas.exceptions import ConfigError
from schemas.ids import content_hash

_KEY_DIGITS = 32  # 128 bits: two different purchases never share a key
_SUM_DIGITS = 16
_SUM_MARK = b',"sum":"'
_TAIL = len(_SUM_MARK) + _SUM_DIGITS + len(b'"}')
_HEAD = len(b'{"key":"')
_OFFSET_BITS = 40  # a file may reach a tebibyte


def completion_key(fingerprint: str, request: Request, sample: int) -> str:
    """Identity of one purchase, 32 hexadecimal digits: model, token ids, sampling, sample index."""
    sampling = request.sampling
    parts = [fingerprint, request.ids, sampling.distribution(), sampling.seed, sample]
    return content_hash(parts)[:_KEY_DIGITS]


def score_key(fingerprint: str, ids: tuple[int, ...], continuation: tuple[int, ...]) -> str:
    """Identity of one scored continuation, 32 hexadecimal digits; never that of a completion."""
    return content_hash(["score", fingerprint, ids, continuation])[:_KEY_DIGITS]


class Journal:
    """All journal files of one folder, indexed by key; texts stay on disk until asked for.

    Memory: about 200 bytes per record. Safe to use from several threads.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ConfigError(f"the journal {self.folder} is a file; name a folder")
        self.unreadable = 0
        """Records that were skipped because they are damaged, torn last records not counted."""
        self._places: dict[bytes, int] = {}
        self._files: list[Path] = []
        self._lock = threading.Lock()
        self._writer: int | None = None
        self._writer_process = 0
        self._written = 0
        for path in sorted(self.folder.glob("*.jsonl")):
            self._index(path)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    def get(self, key: str) -> Completion | None:
        """The completion of a key, read from disk; None where there is none or it is damaged."""
        record = self._record(key)
        if record is None:
            return None
        return Completion(record["text"], tuple(record["ids"]), record["finish"], record["logprob"])

    def get_scores(self, key: str) -> Scores | None:
        """The scores of a key, read from disk; None where there are none or they are damaged."""
        record = self._record(key)
        return None if record is None else Scores(tuple(record["scores"]))

    def _record(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            place = self._places.get(bytes.fromhex(key))
            if place is None:
                return None
            path = self._files[place >> _OFFSET_BITS]
        line = _read_line(path, place & ((1 << _OFFSET_BITS) - 1))
        if not _is_whole(line) or line[_HEAD : _HEAD + _KEY_DIGITS] != key.encode():
            with self._lock:
                self.unreadable += 1
                self._places.pop(bytes.fromhex(key), None)
            return None
        record: dict[str, Any] = json.loads(line)
        return record

    def put(self, key: str, completion: Completion, *, model: str = "", seed: int = 0) -> None:
        """Append a record; on return it outlives this process. OSError where it cannot be written.

        A key that is there already keeps its first completion.
        """
        record: dict[str, object] = {
            "key": key,
            "model": model,
            "seed": seed,
            "text": completion.text,
            "ids": completion.token_ids,
            "finish": completion.finish,
            "logprob": completion.logprob,
        }
        self._put(key, record)

    def put_scores(self, key: str, scores: Scores, *, model: str = "") -> None:
        """Append the scores of a key as `put` does."""
        self._put(key, {"key": key, "model": model, "scores": scores.logprobs})

    def _put(self, key: str, record: dict[str, object]) -> None:
        with self._lock:
            if bytes.fromhex(key) in self._places:
                return
            offset = self._append(_as_line(record))
            self._places[bytes.fromhex(key)] = ((len(self._files) - 1) << _OFFSET_BITS) | offset

    def close(self) -> None:
        """Close the file being written; a later `put` starts a new one. Idempotent."""
        with self._lock:
            self._end_file()

    def _append(self, line: bytes) -> int:
        if self._writer is None or self._writer_process != os.getpid():  # a fork must not share a file
            self._start_file()
        assert self._writer is not None
        try:
            count = os.write(self._writer, line)
            if count != len(line):
                raise OSError(f"only {count} of {len(line)} bytes fitted into the journal {self.folder}")
        except OSError:
            self._end_file()  # what was torn stays the last record of its file
            raise
        offset, self._written = self._written, self._written + count
        return offset

    def _start_file(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        path = self.folder / name
        self._writer = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        self._writer_process = os.getpid()
        self._written = 0
        self._files.append(path)

    def _end_file(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):
                os.close(self._writer)
        self._writer = None

    def _index(self, path: Path) -> None:
        """Note where the records of a file begin; the first file that holds a key wins."""
        self._files.append(path)
        number = (len(self._files) - 1) << _OFFSET_BITS
        offset = 0
        damaged = 0
        with path.open("rb") as file:
            for line in file:
                self.unreadable += damaged  # now known not to be the last record
                damaged = 0 if _is_whole(line) else 1
                if not damaged:
                    key = bytes.fromhex(line[_HEAD : _HEAD + _KEY_DIGITS].decode("ascii"))
                    self._places.setdefault(key, number | offset)
                offset += len(line)


def _as_line(record: dict[str, object]) -> bytes:
    """A record as one JSON line whose last field is a checksum of the rest."""
    # JSON escapes line ends inside texts, and lone surrogates too, so a line is a record.
    body = json.dumps(record, separators=(",", ":")).encode("ascii")[:-1]
    return body + _SUM_MARK + _checksum(body) + b'"}\n'


def _is_whole(line: bytes) -> bool:
    """Whether a line is a record as it was written, down to its line end."""
    body, mark = line[: -_TAIL - 1], line[-_TAIL - 1 :]
    return (
        line.startswith(b'{"key":"')
        and line.endswith(b"\n")
        and mark == _SUM_MARK + _checksum(body) + b'"}\n'
    )


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:_SUM_DIGITS].encode()


def _read_line(path: Path, offset: int) -> bytes:
    """The line that begins at a byte offset; empty where the file is gone."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.readline()
    except OSError:
        return b""
