"""Which part of a build a request belongs to, and how much each part asks for.

The stage is a context variable: a request made anywhere below `with stage("attempts")`, in tasks begun
there too, belongs to it. Shared work names itself (`locate`, `repair`), as it is not any one recipe's.
"""

import functools
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from generators.engines.base import Completion, Engine, Request, ScoreRequest, Scores

P = ParamSpec("P")
T = TypeVar("T")

_STAGE: ContextVar[str] = ContextVar("stage", default="other")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is asked inside belongs to the stage `name`."""
    token = _STAGE.set(name)
    try:
        yield
    finally:
        _STAGE.reset(token)


def in_stage(name: str) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """`stage` for all that a coroutine function asks."""

    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(function)
        async def inside(*args: P.args, **kwargs: P.kwargs) -> T:
            with stage(name):
                return await function(*args, **kwargs)

        return inside

    return decorate


@dataclass
class Asked:
    """What one stage has asked for. `seconds` sums how long each sample was waited for."""

    requests: int = 0
    samples: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    longest_prompt: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """What every stage has asked for, by name."""

    stages: dict[str, Asked] = field(default_factory=dict)

    def add(self, prompt_tokens: int, samples: int, tokens: int, seconds: float) -> None:
        """Note one request of the current stage."""
        asked = self.stages.setdefault(_STAGE.get(), Asked())
        asked.requests += 1
        asked.samples += samples
        asked.prompt_tokens += prompt_tokens
        asked.tokens += tokens
        asked.longest_prompt = max(asked.longest_prompt, prompt_tokens)
        asked.seconds += seconds * samples


class Counted(Engine):
    """An engine whose requests are tallied by stage."""

    def __init__(self, engine: Engine, tally: Tally) -> None:
        self.engine = engine
        self.tally = tally
        self.fingerprint = engine.fingerprint
        self.model = engine.model
        self.renderer = engine.renderer
        self.incidents = engine.incidents

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's completions, tallied."""
        started = time.monotonic()
        completions = await self.engine.generate(request)
        tokens = sum(len(c.token_ids) for c in completions)
        self.tally.add(len(request.ids), len(request.samples), tokens, time.monotonic() - started)
        return completions

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """The engine's scores, tallied as prompt tokens."""
        started = time.monotonic()
        scores = await self.engine.score(request)
        read = len(request.ids) + sum(map(len, request.continuations))
        self.tally.add(read, len(request.continuations), 0, time.monotonic() - started)
        return scores

    async def close(self) -> None:
        """Close the engine."""
        await self.engine.close()
