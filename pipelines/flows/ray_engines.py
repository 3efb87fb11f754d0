"""Engines that Ray's actors hold, each pinned to its GPUs, and the engine that asks them.

An actor opens the role's engine on the machine it is put on. Chunk workers render prompts and keep the journal
themselves; requests alone travel. An actor that dies is started again by Ray; meanwhile it is set aside, as a dead
one has nothing in flight and would draw every request.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import ray

from generators.engines.base import Completion, Engine, EngineOptions, Request, ScoreRequest, Scores
from pipelines.config import BuildConfig
from schemas.exceptions import EngineError

NAMESPACE = "corrigenda"
_AT_ONCE = 2_000
"""Requests that an actor takes at once: the engine in it has its own queue."""
_PATIENCE_S = 900.0
"""Seconds in which an actor that was lost must be back: another machine may have to load the model."""
_ASIDE_S = 5.0
"""Seconds for which an actor that did not answer is asked only if no other is left."""

Answer = TypeVar("Answer")


class EngineActor:
    """A role's engine in a process of its own."""

    def __init__(self, config: dict[str, Any], role: str) -> None:
        self._engine = BuildConfig.model_validate(config).engines_made()[role].open()

    async def about(self) -> str:
        """The fingerprint of the weights that were loaded."""
        return self._engine.fingerprint

    async def generate(self, request: Request) -> list[Completion]:
        """As the engine's own."""
        return await self._engine.generate(request)

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """As the engine's own."""
        return await self._engine.score(request)


def start_engines(config: BuildConfig, run: str) -> dict[str, list[str]]:
    """Start every role's actors, or find those that run; their names by role. They end with this process."""
    runner, written = config.run.runner, config.model_dump(mode="json", by_alias=True)
    actor = ray.remote(EngineActor)
    names: dict[str, list[str]] = {}
    for role in config.roles() if runner.engines else ():
        names[role] = [f"{run}-{role}-{number}" for number in range(runner.engines)]
        for name in names[role]:
            handle = actor.options(
                name=name,
                namespace=NAMESPACE,
                get_if_exists=True,
                num_cpus=0,
                num_gpus=runner.engine_gpus,
                max_concurrency=_AT_ONCE,
                max_restarts=-1,
                max_task_retries=0,
            ).remote(written, role)
            _KEPT.append(handle)
    return names


_KEPT: list[Any] = []
"""Handles: an actor ends when nobody holds one."""


def end_engines() -> None:
    """End the actors of this process."""
    while _KEPT:
        ray.kill(_KEPT.pop())


class ActorEngine(Engine):
    """A role's engine, asked through actors: the one with the least in flight from here."""

    def __init__(self, options: EngineOptions, names: Sequence[str]) -> None:
        absent = options.open_for_replay()
        self.fingerprint, self.model, self.renderer = absent.fingerprint, absent.model, absent.renderer
        self._actors = [ray.get_actor(name, namespace=NAMESPACE) for name in names]
        self._in_flight = [0] * len(names)
        self._aside = [0.0] * len(names)
        self._checked = [False] * len(names)

    async def generate(self, request: Request) -> list[Completion]:
        return await self._asked(lambda actor: actor.generate.remote(request))

    async def score(self, request: ScoreRequest) -> list[Scores]:
        return await self._asked(lambda actor: actor.score.remote(request))

    async def _asked(self, ask: Callable[[Any], Awaitable[Answer]]) -> Answer:
        deadline, waited = time.monotonic() + _PATIENCE_S, 0.25
        while True:
            place = self._next()
            await self._known(place)
            self._in_flight[place] += 1
            try:
                return await ask(self._actors[place])
            except ray.exceptions.RayTaskError as failed:
                if isinstance(failed.cause, EngineError):
                    raise failed.cause from None
                raise EngineError(f"the engine's actor failed: {failed.cause!r}") from failed
            except ray.exceptions.RayActorError as gone:
                self._aside[place] = time.monotonic() + _ASIDE_S
                self._checked[place] = False
                self.incidents["actor.lost"] += 1
                if time.monotonic() > deadline:
                    raise EngineError(
                        f"no engine of {self.model} has answered for a quarter of an hour: {gone}"
                    ) from gone
            except ray.exceptions.RayError as error:
                raise EngineError(f"the engine's actor could not be asked: {error}") from error
            finally:
                self._in_flight[place] -= 1
            await asyncio.sleep(waited)
            waited = min(2 * waited, 10.0)

    async def _known(self, place: int) -> None:
        """EngineError where an actor loaded other weights than this machine has under the same name."""
        if self._checked[place]:
            return
        try:
            loaded = await self._actors[place].about.remote()
        except ray.exceptions.RayError:
            return  # asking it will say what is wrong
        if loaded != self.fingerprint:
            raise EngineError(
                f"the engine's actor loaded weights with the fingerprint {loaded[:12]}, this machine has "
                f"{self.fingerprint[:12]} for {self.model}: every machine must have the same model"
            )
        self._checked[place] = True

    def _next(self) -> int:
        now = time.monotonic()
        return min(
            range(len(self._actors)), key=lambda place: (self._aside[place] > now, self._in_flight[place])
        )
