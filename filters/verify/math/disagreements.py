"""Pairs on which math-verify and the numeric evaluation differ: a table to look at.

Each is unknown as a verdict. Either one of the two errs (then the pair is a case for the exact
comparison), or the pair means two things (`\\sqrt[3]{-8}` is -2 or complex).
"""

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

MAX_KEPT = 10_000
"""Most pairs kept in memory; a file given for them gets all."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A pair and what each said: `equal`, `different`, or `asymmetric` for math-verify."""

    reference: str
    answer: str
    reason: str
    symbolic: str
    numeric: str


class DisagreementTable:
    """Grows as pairs are judged; safe from any thread."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._rows: list[Disagreement] = []

    def add(self, row: Disagreement) -> None:
        """Keep a pair, and write it where there is a file for it."""
        with self._lock:
            if len(self._rows) < MAX_KEPT:
                self._rows.append(row)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")

    def rows(self) -> list[Disagreement]:
        """What has been found so far, in order."""
        with self._lock:
            return list(self._rows)
