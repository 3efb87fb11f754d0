"""A finished chunk: its files and counts."""

from dataclasses import dataclass

UNFINISHED = ("failed", "unpaid")
"""Counts of cases that the next run tries again: those that failed, and those the budget did not reach."""


@dataclass(frozen=True)
class ChunkResult:
    """Files and counts of a finished chunk."""

    folder: str
    """Where this machine has them."""
    files: dict[str, str]
    """File name to SHA-256."""
    counts: dict[str, int]

    @property
    def unfinished(self) -> bool:
        """Whether a case failed or was not paid for, and the next run tries again."""
        return any(self.counts.get(name) for name in UNFINISHED)
