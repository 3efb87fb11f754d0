"""Workers' verdicts on disk, for later runs and for several processes at once.

A folder of JSON lines files, one for each writer, each only ever added to: nothing is locked and
nothing is rewritten, so machines may share it over NFS. A line that is not whole (a process killed while
writing, a full disk) is passed over; a writer that cannot write any more goes on without.
`["9f86d0…", "right", "equal", "symbolic"]`: the key covers the judge's version, the libraries' versions, the
rules and both answers, so another judge never meets these verdicts.

Files of other writers are read when a cache is opened, not while it is in use. Verdicts that may be
the machine's fault (timeout, memory, crashed) are not kept.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import threading
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from schemas.verdict import Outcome, Verdict

JUDGE_VERSION = 1
"""Raised with every change after which a worker may answer a pair differently."""


class VerdictCache:
    """The verdicts of one folder; safe from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._closed = False
        self._versions = _versions()
        folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, Verdict] = {}
        for path in sorted(folder.glob("verdicts-*.jsonl")):
            self._known.update(_read(path))

    def __len__(self) -> int:
        return len(self._known)

    def get(self, rules: str, reference: str, answer: str) -> Verdict | None:
        """The verdict on normalised answers under these rules, if one is known."""
        return self._known.get(self._key(rules, reference, answer))

    def put(self, rules: str, reference: str, answer: str, verdict: Verdict) -> None:
        """Keep a verdict; the writer's file is made with the first."""
        key = self._key(rules, reference, answer)
        line = json.dumps([key, verdict.outcome.value, verdict.reason, verdict.method]) + "\n"
        with self._lock:
            if key in self._known or self._closed:
                return
            self._known[key] = verdict
            try:
                self._append(line.encode())
            except OSError:
                # What it saves is time: a full disk must not end a build, nor a line follow a torn one.
                self._close()

    def close(self) -> None:
        """Close the writer's file."""
        with self._lock:
            self._close()

    def _append(self, line: bytes) -> None:
        if self._process != os.getpid():  # a fork writes a file of its own
            self._process, self._descriptor = os.getpid(), None
        if self._descriptor is None:
            path = self._folder / f"verdicts-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        if os.write(self._descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, "the verdict did not fit")

    def _close(self) -> None:
        self._closed = True
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _key(self, rules: str, reference: str, answer: str) -> str:
        whole = json.dumps([self._versions, rules, reference, answer])
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _read(path: Path) -> dict[str, Verdict]:
    """The whole records of one file; a torn or foreign line is passed over, and so is a file that cannot be read."""
    found: dict[str, Verdict] = {}
    try:
        content = path.read_bytes()
    except OSError:
        return found
    for line in content.split(b"\n")[:-1]:  # what follows the last line end is torn
        try:
            key, outcome, reason, method = json.loads(line)
            found[str(key)] = Verdict(Outcome(outcome), str(reason), str(method))
        except (ValueError, TypeError):
            continue
    return found


def _versions() -> list[str]:
    known = [f"judge {JUDGE_VERSION}"]
    for name in ("math-verify", "latex2sympy2-extended", "sympy", "mpmath"):
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"{name} ?")
    return known
