"""Rebuilding from the journal on all cores: processes that take chunks whose completions are all there.

Working on a case is Python, so one process uses one core. Nothing has to be asked here, so chunks are
independent of each other: a process opens the journal for reading, works on a chunk as `pipelines.chunks` does,
and writes the same files. It gives a chunk up at the first completion or score that is missing; those chunks
are left to the build's own process, which has the model.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipelines.chunk_input import ChunkInput
from pipelines.chunk_result import ChunkResult
from pipelines.chunks import finished
from pipelines.kit import Kit

_ROOT = Path(__file__).resolve().parents[1]
_MOST = 4
_LEAST_RECORDS = 4_000
"""Records of a journal from which on it is read by processes of its own: their start costs as much as 3,000."""
_LEAST_CHUNKS = 2
_LINE_BYTES = 1 << 24


async def replay_chunks(
    chunks: Sequence[ChunkInput],
    kit: Kit,
    done: Callable[[ChunkInput, ChunkResult], None],
) -> None:
    """Rebuild what can be rebuilt without the model; `done` hears of each chunk that was.

    Ends early where most chunks turn out not to be in the journal. Never raises for what a process does:
    a chunk that is not done is simply left.
    """
    count = min(processes(kit), len(chunks))
    if not count or len(chunks) < _LEAST_CHUNKS:
        return
    waiting = deque(chunks)
    missed = [0, 0]  # chunks that were not all there, and those that were

    async def serve() -> None:
        process = await _started(kit)
        try:
            while waiting and missed[0] <= missed[1] + 1:
                chunk = waiting.popleft()
                reply = await _asked(process, {"chunk": asdict(chunk)})
                if reply is None:
                    return
                # Looked at as what an earlier run left: its key says whether it is of the same models.
                result = await asyncio.to_thread(finished, chunk, kit) if reply["done"] else None
                missed[result is not None] += 1
                if result is not None:
                    kit.elsewhere["replayed"] += reply["replayed"]
                    done(chunk, result)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(serve())


def processes(kit: Kit) -> int:
    """How many processes to use; 0 where the journal is too small to be worth their start."""
    wanted = kit.config.run.replay_processes
    if wanted is not None:
        return wanted
    records = max((len(engine.journal) for engine in kit.engines.values()), default=0)
    cores = len(os.sched_getaffinity(0))
    return min(cores, _MOST) if cores > 1 and records >= _LEAST_RECORDS else 0


async def _started(kit: Kit) -> asyncio.subprocess.Process:
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pipelines.replay_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LINE_BYTES,
        start_new_session=True,  # an interrupt is for the build, which ends this one
        env={**os.environ, "PYTHONPATH": path},
    )
    config = kit.config.model_dump(mode="json", by_alias=True)
    config["run"]["store"] = kit.store.where
    assert process.stdin is not None
    process.stdin.write(json.dumps({"config": config, "work": str(kit.spending.parent)}).encode() + b"\n")
    return process


async def _asked(process: asyncio.subprocess.Process, request: dict[str, object]) -> dict[str, Any] | None:
    """The reply to a request; None where the process has ended."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
    except (ConnectionError, ValueError):
        return None
    reply: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
    return reply
