"""Chunks: the unit of work. A chunk's result is a folder of the store that appears whole or not at all."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from generators.attempts import BroughtAttempt
from pipelines.cases import CaseResult, work_case
from pipelines.chunk_input import ChunkInput, read_chunk
from pipelines.chunk_result import ChunkResult
from pipelines.kit import Kit
from pipelines.rows import result_rows, split_of
from pipelines.tables import write_rows
from schemas.problem import Problem

Tick = Callable[[CaseResult], None]


def finished(chunk: ChunkInput, kit: Kit) -> ChunkResult | None:
    """The chunk's result if it is there, of this input, config, code and models, and whole."""
    return kit.store.find(kit.address(chunk))


async def work_chunk(chunk: ChunkInput, kit: Kit, tick: Tick) -> ChunkResult:
    """Work on all problems of a chunk as the window lets them in, and write its result; `tick` hears of each case.

    The caller has opened the chunk in the window (`kit.window.open_chunk`); where it fails, the window is as if the
    chunk had not been opened.
    """
    entered = 0

    async def one(problem: Problem, rollouts: list[BroughtAttempt]) -> CaseResult:
        result = await work_case(problem, rollouts, kit, chunk.samples)
        tick(result)
        return result

    tasks: list[asyncio.Task[CaseResult]] = []
    try:
        done = await asyncio.to_thread(finished, chunk, kit)
        if done is not None:
            return done  # another build or machine that shares the store was quicker
        async with asyncio.TaskGroup() as cases:
            for problem, rollouts in read_chunk(chunk):
                await kit.window.enter()
                entered += 1
                tasks.append(cases.create_task(one(problem, rollouts)))
                tasks[-1].add_done_callback(lambda _: kit.window.leave())
        # In a thread: the engine is served meanwhile.
        written = await asyncio.to_thread(_write, chunk, kit, [task.result() for task in tasks])
    finally:
        kit.window.stay_out(chunk.problems - entered)
        kit.window.written(entered)
    kit.save_spending()
    return written


def _write(chunk: ChunkInput, kit: Kit, results: list[CaseResult]) -> ChunkResult:
    tables: dict[str, list[dict[str, Any]]] = {}
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
        split = split_of(result.problem, kit.config.test_share)
        for table, rows in result_rows(result, kit.config.prompt.messages(result.problem)).items():
            name = "dropped" if table == "dropped" else f"{table}.{split}"
            tables.setdefault(name, []).extend(rows)
    address = kit.address(chunk)
    partial = kit.store.begin(address)
    for name, rows in sorted(tables.items()):
        write_rows(partial / f"{name}.parquet", name.partition(".")[0], rows)
    return kit.store.keep(address, partial, counts)
