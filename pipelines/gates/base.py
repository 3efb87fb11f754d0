"""Quality gates: what a dataset must show before it is published.

    gates:
      - {type: rows, least: 50, by: [recipe]}
      - {type: truth, rows: 200}
      - {type: contamination, benchmarks: [{paths: [gsm8k-test.jsonl], columns: [question]}]}

A gate looks at what was written, not at what the build believes, and finds passed or not, with one sentence
and its numbers. One that does not pass stops the publication; the dataset stays as it is. Gates change no
row, so the same dataset may be examined again under others (`corrigenda gates`). A member is one file with one
class; its fields are its options.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.family import Family, Options
from schemas.manifest import GateResult, Manifest

if TYPE_CHECKING:
    from generators.engines.base import Renderer

HELD_OUT = ("test", "validation", "dev")
"""Splits that nothing is trained on."""

MOST_FINDINGS = 100
"""Findings that a result keeps; its numbers count them all."""

_MOST_NAMED = 3
"""Findings that the sentence itself names."""


@dataclass(frozen=True)
class Examined:
    """A written dataset with what a gate may need to look at it."""

    folder: Path
    manifest: Manifest
    """As far as it is made: without the results of the gates."""
    data_dir: Path
    """Where relative paths of the config start."""
    renderer: "Renderer | None" = None
    """The policy's, None where its tokenizer is not known."""
    no_renderer: str = ""
    """Why there is none."""

    def files(self, table: str) -> list[Path]:
        """The table's shards, in the manifest's order; none where the dataset has no such table."""
        return [self.folder / f.path for f in self.manifest.files if f.table == table]


class Gate(Options, ABC):
    """One demand on a dataset."""

    def check(self, data_dir: Path) -> None:
        """What can be refused before any work starts (a file that is not there); ConfigError, InputError."""

    @abstractmethod
    def examine(self, dataset: Examined) -> GateResult:
        """What the dataset shows. Raises only where a file cannot be read."""

    @property
    def name(self) -> str:
        """The gate's file name."""
        return type(self).__module__.rpartition(".")[2]

    def result(self, passed: bool, said: str, findings: Sequence[str] = (), **numbers: float) -> GateResult:
        """The result; `findings` are rows, cells or problems objected to, each with the reason."""
        return GateResult(self.name, passed, said, numbers, tuple(findings[:MOST_FINDINGS]))


def named(findings: Sequence[str]) -> str:
    """The first findings, and how many more there are."""
    more = len(findings) - _MOST_NAMED
    return ", ".join(findings[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


_SUPPORT = frozenset({"again", "columns", "commands", "examine", "readback", "report", "sample", "words"})

GATES: Family[Gate] = Family("gate", "pipelines.gates", Gate, support=_SUPPORT)
