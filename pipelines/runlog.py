"""The log of a run: one JSON line per event, in `work/log/<UTC start>-<pid>.jsonl` of the build's folder.

    {"time": "2026-11-21T20:09:31.482Z", "build": "b-0f3c…", "run": "20261121T200931.412Z-4711", "event": "chunk", …}

Every line is flushed as it is written and holds no secret. Nothing here can fail a build: where the disk
is full lines are lost, and counted. docs/operations.md lists the events.
"""

import json
import os
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.masking import masked_deep

FOLDER = Path("log")
"""Of the logs, below `work/`."""

EVENTS = {
    "run_begins": "version, name and digest of the config, host, pid, folder, and whether the build was begun before",
    "plan": "chunks and problems; `first` so many chunks are the build, the others in reserve for targets (0: all)",
    "engines_opened": "model and fingerprint of every role, and the seconds that opening took",
    "round": "a round of targets begins (every build has one): its chunks, problems, samples (0: the config's)",
    "chunk": "a chunk is there: `worked` on by this process, with its seconds, or `found` (an earlier run's, or "
    "rebuilt from the journal by another process); its funnel",
    "progress": "every ten seconds: cases, attempts, rows, failed and unpaid cases, completions, tokens per second "
    "since the line before, and how many requests are with the models",
    "incidents": "something went wrong with an engine and was dealt with: what is new since the line before, and all",
    "budget": "a limit of the budget is reached: nothing more is bought",
    "gates": "what each quality gate found",
    "finish": "files and rows, seconds by stage, what was spent, the funnel; `written` is false where no dataset is",
    "health": "the level and the findings, as in work/health.json",
    "error": "the run ends with an error: its class and message",
    "library": "a library warned: its logger, level and message",
    "library_often": "at the end: what warned more often than it was written down, and how often",
}
"""Every event with what its line holds."""


class RunLog:
    """An append-only file of events. `secrets` are cut out besides what is known by its form.

    Used from any thread. `build` may be set anew once it is known better.
    """

    def __init__(self, work: Path, build: str, secrets: Iterable[str] = ()) -> None:
        self.build = build
        self.run = f"{_stamp(datetime.now(UTC), '%Y%m%dT%H%M%S')}-{os.getpid()}"
        self.path = work / FOLDER / f"{self.run}.jsonl"
        self.lost = 0
        """Lines that could not be written."""
        self._secrets = tuple(secrets)
        self._lock = threading.Lock()
        self._torn = False
        self._file = -1
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError:
            pass  # every line will be counted as lost

    def say(self, event: str, **numbers: object) -> None:
        """Write an event with what belongs to it. Never raises."""
        head = {"time": now(), "build": self.build, "run": self.run, "event": event}
        try:
            told = masked_deep(numbers, self._secrets)
            line = json.dumps({**head, **told}, ensure_ascii=False, allow_nan=False)  # type: ignore[dict-item]
        except (TypeError, ValueError, RecursionError):  # a number that JSON has not, or a thing in itself
            line = json.dumps({**head, "unwritable": sorted(numbers)})
        self._write(line.encode("utf-8", "replace") + b"\n")

    def close(self) -> None:
        """Close the file; what is said later is lost."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
            self._file = -1

    def _write(self, line: bytes) -> None:
        with self._lock:
            if self._file < 0:
                self.lost += 1
                return
            # A disk that was full took half of the line before: it ends here, so that this one can be read.
            whole = b"\n" + line if self._torn else line
            try:
                taken = os.write(self._file, whole)
            except OSError:
                self.lost += 1
                return
            short = taken < len(whole)
            self._torn = short and (taken > 1 or not self._torn)
            self.lost += short


def now() -> str:
    """The time in UTC as the log writes it, to the millisecond."""
    return _stamp(datetime.now(UTC), "%Y-%m-%dT%H:%M:%S")


def _stamp(at: datetime, form: str) -> str:
    return f"{at.strftime(form)}.{at.microsecond // 1000:03d}Z"
