"""Which part of a build a request belongs to, and how much each part asks for.

The stage is a context variable: a request made anywhere below `with stage("attempts")`, in tasks begun
there too, belongs to it. Shared work names itself (`locate`, `repair`), as it is not any one recipe's.
"""

import functools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from generators.engines.base import Completion, Engine, Request, ScoreRequest, Scores
from generators.engines.journals.keys import completion_key, score_key

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
    """What one role was asked for in one stage. `seconds` sums how long each sample was waited for."""

    requests: int = 0
    samples: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """What was asked for, by role and stage; the same completion or score once, as a journal sells it."""

    stages: dict[tuple[str, str], Asked] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    def new(self, keys: Sequence[str]) -> list[bool]:
        """For each purchase whether it is asked for the first time."""
        found = [key not in self._known for key in keys]
        self._known.update(keys)
        return found

    def add(self, role: str, prompt_tokens: int, samples: int, tokens: int, seconds: float) -> None:
        """Note one request of the current stage."""
        asked = self.stages.setdefault((role, _STAGE.get()), Asked())
        asked.requests += 1
        asked.samples += samples
        asked.prompt_tokens += prompt_tokens
        asked.tokens += tokens
        asked.seconds += seconds * samples


_TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def tallied(tally: Tally) -> Iterator[None]:
    """What counted engines are asked for inside is noted in `tally`."""
    token = _TALLY.set(tally)
    try:
        yield
    finally:
        _TALLY.reset(token)


class Counted(Engine):
    """An engine whose requests are noted in the tally of whoever asks, under a role's name."""

    def __init__(self, engine: Engine, role: str) -> None:
        self.engine = engine
        self.role = role
        self.fingerprint = engine.fingerprint
        self.model = engine.model
        self.renderer = engine.renderer
        self.incidents = engine.incidents

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's completions; those that are new to the tally are noted."""
        tally, started = _TALLY.get() or Tally(), time.monotonic()
        new = tally.new([completion_key(self.fingerprint, request, n) for n in request.samples])
        completions = await self.engine.generate(request)
        if any(new):
            tokens = sum(len(c.token_ids) for c, first in zip(completions, new, strict=True) if first)
            tally.add(self.role, len(request.ids), sum(new), tokens, time.monotonic() - started)
        return completions

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """The engine's scores; those that are new to the tally are noted as prompt tokens."""
        tally, started = _TALLY.get() or Tally(), time.monotonic()
        new = tally.new([score_key(self.fingerprint, request.ids, c) for c in request.continuations])
        scores = await self.engine.score(request)
        if any(new):
            fresh = [c for c, first in zip(request.continuations, new, strict=True) if first]
            read = len(request.ids) + sum(map(len, fresh))
            tally.add(self.role, read, sum(new), 0, time.monotonic() - started)
        return scores

    async def close(self) -> None:
        """Close the engine."""
        await self.engine.close()
