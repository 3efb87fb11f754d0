"""The other side of `pipelines.replay`: a process that works on chunks from the journal alone.

Reads JSON lines from standard input: first {"config": …, "work": folder}, then {"chunk": …}, one at a time.
Answers each chunk with {"done": …, "replayed": completions}; where something was missing or a case failed it
is not done and nothing was written.
"""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec, TextIO, TypeVar

from pipelines.cases import CaseResult
from pipelines.chunk_input import ChunkInput
from pipelines.chunk_result import UNFINISHED
from pipelines.chunks import work_chunk
from pipelines.config import BuildConfig
from pipelines.kit import Kit, open_kit
from pipelines.window import Window

_CASES = 8
"""Cases at once: their texts' readings stay in the caches, and a slow judgement does not hold all up."""

Given = ParamSpec("Given")
Made = TypeVar("Made")


class _GivenUp(Exception):
    """The chunk cannot be rebuilt here."""


class _Here(ThreadPoolExecutor):
    """Runs what is submitted at once. No engine has to be served meanwhile, and a switch of threads costs
    more than most of what is submitted."""

    def submit(self, fn: Callable[Given, Made], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Made]:
        future: Future[Made] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def main() -> int:
    """Serve until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not stand between replies
    greeting = json.loads(sys.stdin.readline())
    config = BuildConfig.model_validate(greeting["config"])
    run = config.run.model_copy(update={"replay_only": True, "cases_in_flight": _CASES})
    # What is imported by now is never garbage, and a chunk's rows are kept until it is written: looking for
    # garbage among them as often as usual costs a fourteenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    asyncio.run(_serve(config.model_copy(update={"run": run}), Path(greeting["work"]), replies))
    return 0


async def _serve(config: BuildConfig, work: Path, replies: TextIO) -> None:
    asyncio.get_running_loop().set_default_executor(_Here())
    # What the build has spent is the build's own to write down, so the kit gets another folder.
    async with open_kit(config, work / "replay") as kit:
        for line in sys.stdin:
            before = kit.spent()["replayed"]
            done = await _worked(ChunkInput(**json.loads(line)["chunk"]), kit)
            replayed = kit.spent()["replayed"] - before if done else 0
            replies.write(json.dumps({"done": done, "replayed": replayed}) + "\n")
            replies.flush()


async def _worked(chunk: ChunkInput, kit: Kit) -> bool:
    """Work on a chunk and write its result; False where the journal does not hold all of it."""
    refused = _refused(kit)
    # A chunk that was given up leaves its window as it is, so each has one of its own.
    kit = replace(kit, window=Window(_CASES, chunk.problems))
    await kit.window.open_chunk(chunk.problems)

    def look(result: CaseResult) -> None:
        # A refused score fails no case: its row would only lack what the model can still say.
        if any(result.counts.get(name) for name in UNFINISHED) or _refused(kit) > refused:
            raise _GivenUp

    try:
        await work_chunk(chunk, kit, look)
    except BaseExceptionGroup as group:
        if group.split(_GivenUp)[1] is not None:
            raise
        return False
    return True


def _refused(kit: Kit) -> int:
    return sum(engine.refused for engine in kit.engines.values())


if __name__ == "__main__":
    sys.exit(main())
