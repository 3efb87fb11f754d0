"""What a build reports while it runs, and to whom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.build import Outcome
    from pipelines.cases import CaseResult
    from pipelines.chunk_input import ChunkInput
    from pipelines.chunk_result import ChunkResult
    from pipelines.kit import Kit
    from pipelines.plan import Plan


class Progress:
    """What a build reports while it runs; this one keeps silent."""

    def planned(self, plan: "Plan", build_id: str) -> None:
        """The plan is made, or that of an earlier run was taken; the build has its id now."""

    def begin(self, problems: int, kit: "Kit") -> None:
        """The plan is made and the models are open."""

    def round_begun(self, chunks: Sequence["ChunkInput"]) -> None:
        """All these chunks are wanted now; those of rounds before are among them."""

    def resumed(self, chunk: "ChunkResult") -> None:
        """A chunk was finished by an earlier run, or rebuilt from the journal by another process."""

    def chunk_begun(self, chunk: "ChunkInput") -> None:
        """This process begins to work on a chunk."""

    def chunk_done(self, chunk: "ChunkInput", result: "ChunkResult") -> None:
        """This process has written a chunk."""

    def tick(self, result: "CaseResult") -> None:
        """A case is done."""

    def finishing(self) -> None:
        """All chunks are there; shards, card and manifest come next."""

    def ended(self, outcome: "Outcome") -> "Outcome":
        """The build is over; what it came to is handed back as it is."""
        return outcome
