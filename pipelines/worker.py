"""Working on chunks for a build whose process is elsewhere.

One order is one chunk: `{config, work, chunk, budget, address, engines, timeout_s}`. The answer is small JSON: the
chunk's files and counts, what was bought, what went wrong. Models, judge and journal are opened with a process's first
order and stay open, as loading them can cost minutes; they live on an event loop of their own, in a thread that
outlives any order.
"""

import asyncio
import atexit
import platform
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from generators.engines.base import Engine, EngineOptions
from generators.engines.budget import BudgetOptions
from pipelines.cases import CaseResult
from pipelines.chunk_input import ChunkInput
from pipelines.chunks import work_chunk
from pipelines.config import BuildConfig
from pipelines.kit import Kit, open_kit
from schemas.exceptions import ResumeError
from schemas.ids import content_hash

Order = dict[str, Any]
Opener = Callable[[str, EngineOptions], Engine]

BOUGHT = ("bought", "replayed", "new_tokens", "prompt_tokens")
"""What a kit counts and an answer hands back."""


class Worker:
    """The kit of this process, for one build at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._kit: tuple[str, Kit] | None = None
        self._one = asyncio.Lock()
        self._closed = False
        threading.Thread(target=self._loop.run_forever, daemon=True, name="worker").start()
        atexit.register(self.close)

    def do(self, order: Order, opener: Opener | None = None) -> dict[str, Any]:
        """Carry out an order and wait for it; from any thread but the loop's own."""
        return asyncio.run_coroutine_threadsafe(self._do(order, opener), self._loop).result()

    def close(self) -> None:
        """Close what is open: the journal's file is sealed. Idempotent."""
        if not self._closed:
            self._closed = (
                True  # the loop runs for a while after it was told to stop, and does nothing any more
            )
            asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result(60)
            self._loop.call_soon_threadsafe(self._loop.stop)

    async def _do(self, order: Order, opener: Opener | None) -> dict[str, Any]:
        async with self._one:  # what one order bought is told apart from the next one's
            kit = await self._opened(order, opener)
            if kit.case_address != order["address"]:
                raise ResumeError(
                    f"{platform.node()}: this machine would make other rows than the build's own: its models, code or "
                    "packages (math-verify, sympy, pyarrow) are not the same; install the same versions, or restart "
                    "the cluster's workers"
                )
            return await self._worked(order, kit)

    async def _worked(self, order: Order, kit: Kit) -> dict[str, Any]:
        kit.budget.begin(BudgetOptions(**order["budget"]))
        chunk = await asyncio.to_thread(kit.store.own_input, ChunkInput(**order["chunk"]))
        spent, incidents = kit.spent(), Counter(kit.incidents())
        # The order may be one of a node that died just now, after it had bought a part.
        await kit.refresh(at_once=True)
        await kit.window.open_chunk(chunk.problems)
        async with asyncio.timeout(order["timeout_s"]):
            done = await work_chunk(chunk, kit, _silent)
        after = kit.spent()
        return {
            "result": asdict(done),
            "spent": {name: after[name] - spent[name] for name in BOUGHT},
            "budget": kit.budget.spending(),
            "stopped": kit.budget.stopped,
            "incidents": dict(Counter(kit.incidents()) - incidents),
        }

    async def _opened(self, order: Order, opener: Opener | None) -> Kit:
        key = content_hash([order["config"], order["work"], order["engines"], order["address"]])
        if self._kit is not None and self._kit[0] == key:
            return self._kit[1]
        self._kit = None
        await self._stack.aclose()  # another build's, or another checkpoint's: its memory is wanted
        config = BuildConfig.model_validate(order["config"])
        opened = open_kit(config, Path(order["work"]), opener=opener)
        self._kit = (key, await self._stack.enter_async_context(opened))
        return self._kit[1]


def _silent(case: CaseResult) -> None:
    """The build hears of the chunk as a whole."""


_WORKER: list[Worker] = []


def the_worker() -> Worker:
    """This process's worker."""
    if not _WORKER:
        _WORKER.append(Worker())
    return _WORKER[0]
