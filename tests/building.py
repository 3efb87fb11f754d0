"""Builds in this process, where a test must look at the engine or put something round it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from generators.engines.base import Completion, Engine, Request
from pipelines.build import Outcome, Stages, build
from pipelines.config import BuildConfig
from pipelines.config_file import load
from pipelines.kit import Kit, open_kit


class Heard(Engine):
    """An engine that remembers what it was asked for."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer
        self.asked: list[tuple[Request, int]] = []
        """Every completion bought: its request and its sample index."""

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's answer."""
        self.asked += [(request, sample) for sample in request.samples]
        return await self.engine.generate(request)


def built(
    config: Path, out: Path, *changes: str, around: Callable[[Engine], Engine] | None = None
) -> Outcome:
    """The outcome of one build."""

    def kit(config: BuildConfig, work: Path) -> AbstractAsyncContextManager[Kit]:
        return open_kit(config, work, around)

    return asyncio.run(build(load(config, list(changes)), out, stages=Stages(kit=kit)))


def heard(config: Path, out: Path, *changes: str) -> tuple[Outcome, list[Heard]]:
    """The outcome and the engines that were opened, with what they were asked for."""
    opened: list[Heard] = []

    def around(engine: Engine) -> Engine:
        opened.append(Heard(engine))
        return opened[-1]

    return built(config, out, *changes, around=around), opened
