"""Workers' verdicts on disk, for later runs and for several processes at once.

A folder of JSON lines files, one for each writer, each only ever added to: nothing is locked and
nothing is rewritten. A line that is not whole (a process killed while writing, a full disk) is
passed over. `["9f86d0…", "right", "equal", "symbolic"]`: the key covers the judge's version, the
libraries' versions, the rules and both answers, so another judge never meets these verdicts.

Files of other writers are read when a cache is opened, not while it is in use. Verdicts that may be
the machine's fault (timeout, memory, crashed) are not kept.
"""

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
        self._path = folder / f"verdicts-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
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
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.write(self._descriptor, line.encode())

    def close(self) -> None:
        """Close the writer's file."""
        with self._lock:
            self._closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _key(self, rules: str, reference: str, answer: str) -> str:
        whole = json.dumps([self._versions, rules, reference, answer])
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _read(path: Path) -> dict[str, Verdict]:
    """The whole records of one file; a torn or foreign line is passed over."""
    found: dict[str, Verdict] = {}
    for line in path.read_bytes().split(b"\n")[:-1]:  # what follows the last line end is torn
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
