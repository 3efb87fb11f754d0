"""Chunks: the unit of work. A chunk's result is a folder that appears whole or not at all.

    work/chunks/chunk-00017/{attempts,sft,preference,stepwise}.<split>.parquet
                            dropped.parquet
                            chunk.json      hashes of the files, the input's hash, counts

A result is taken as done only while its input, the config, the models and its files' hashes are unchanged.
"""

import asyncio
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.attempts import BroughtAttempt
from pipelines.cases import UNFINISHED, CaseResult, work_case
from pipelines.files import sha256_of, write_json
from pipelines.kit import Kit
from pipelines.plan import ChunkInput, read_chunk
from pipelines.rows import result_rows, split_of
from pipelines.tables import write_rows
from schemas.arrow import FORMAT_VERSION
from schemas.problem import Problem

Tick = Callable[[CaseResult], None]


@dataclass(frozen=True)
class ChunkResult:
    """Files and counts of a finished chunk."""

    folder: str
    files: dict[str, str]
    """File name to SHA-256."""
    counts: dict[str, int]

    @property
    def unfinished(self) -> bool:
        """Whether a case failed or was not paid for, and the next run tries again."""
        return any(self.counts.get(name) for name in UNFINISHED)


def finished(chunk: ChunkInput, work: Path, kit: Kit) -> ChunkResult | None:
    """The chunk's result if it is there, of this input, config and models, and whole."""
    folder = work / "chunks" / chunk.folder
    record = folder / "chunk.json"
    if not record.is_file():
        return None
    saved = json.loads(record.read_text(encoding="utf-8"))
    if saved["key"] != _key(chunk, kit):
        return None
    for name, sha256 in saved["files"].items():
        if not (folder / name).is_file() or sha256_of(folder / name) != sha256:
            return None
    return ChunkResult(str(folder), saved["files"], saved["counts"])


async def work_chunk(chunk: ChunkInput, work: Path, kit: Kit, tick: Tick) -> ChunkResult:
    """Work on all problems of a chunk as the window lets them in, and write its result; `tick` hears of each case.

    The caller has opened the chunk in the window (`kit.window.open_chunk`).
    """

    async def one(problem: Problem, rollouts: list[BroughtAttempt]) -> CaseResult:
        result = await work_case(problem, rollouts, kit, chunk.samples)
        kit.window.leave()
        tick(result)
        return result

    tasks: list[asyncio.Task[CaseResult]] = []
    async with asyncio.TaskGroup() as cases:
        for problem, rollouts in read_chunk(chunk):
            await kit.window.enter()
            tasks.append(cases.create_task(one(problem, rollouts)))
    # In a thread: the engine is served meanwhile.
    written = await asyncio.to_thread(_write, chunk, work, kit, [task.result() for task in tasks])
    kit.window.written(len(tasks))
    kit.save_spending()
    return written


def _write(chunk: ChunkInput, work: Path, kit: Kit, results: list[CaseResult]) -> ChunkResult:
    tables: dict[str, list[dict[str, Any]]] = {}
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
        split = split_of(result.problem, kit.config.test_share)
        for table, rows in result_rows(result, kit.config.prompt.messages(result.problem)).items():
            name = "dropped" if table == "dropped" else f"{table}.{split}"
            tables.setdefault(name, []).extend(rows)
    target = work / "chunks" / chunk.folder
    partial = target.with_name(f".{chunk.folder}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, rows in sorted(tables.items()):
        write_rows(partial / f"{name}.parquet", name.partition(".")[0], rows)
    files = {p.name: sha256_of(p) for p in sorted(partial.glob("*.parquet"))}
    saved = {"key": _key(chunk, kit), "files": files, "counts": dict(sorted(counts.items()))}
    write_json(partial / "chunk.json", saved)
    shutil.rmtree(target, ignore_errors=True)
    partial.replace(target)
    return ChunkResult(str(target), files, dict(counts))


def _key(chunk: ChunkInput, kit: Kit) -> dict[str, str]:
    # A model's name may stay while its weights change; rows of both must not end up in one dataset.
    models = {role: model["id"] for role, model in kit.models().items()}
    return {"input": chunk.sha256, "config": kit.digest, "format": FORMAT_VERSION, **models}
