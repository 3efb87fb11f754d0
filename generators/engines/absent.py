"""An engine whose model is not loaded: enough to rebuild a dataset from its journal.

It knows the fingerprint, which journal keys start with, and the renderer, which makes the token
ids they are made of; asking it for a completion is an error.
"""

from generators.engines.base import Completion, Engine, Renderer, Request, ScoreRequest, Scores
from schemas.exceptions import EngineError


class Absent(Engine):
    """Fingerprint and renderer of a model, without the model."""

    def __init__(self, fingerprint: str, model: str, renderer: Renderer) -> None:
        self.fingerprint = fingerprint
        self.model = model
        self.renderer = renderer

    async def generate(self, request: Request) -> list[Completion]:
        """Always raises EngineError."""
        raise self._absent("new completions")

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """Always raises EngineError."""
        raise self._absent("new scores")

    def _absent(self, wanted: str) -> EngineError:
        return EngineError(
            f"{self.model} is not loaded: the engine was opened for replay only. Open it with open() "
            f"to ask it for {wanted}"
        )
