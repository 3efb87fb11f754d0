"""A build from beginning to end, on this machine: plan, chunks, shards, card, report, manifest.

The same stages run as tasks of a Prefect flow in `pipelines.flow`.
"""

import asyncio
import fcntl
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.address import build_id, case_address
from pipelines.card import write_card
from pipelines.chunk_input import ChunkInput
from pipelines.chunk_result import UNFINISHED, ChunkResult
from pipelines.chunks import Tick, finished, work_chunk
from pipelines.config import BuildConfig, model_ids
from pipelines.config_file import first_difference
from pipelines.error_kinds import without_kinds
from pipelines.figures.columns import read_columns
from pipelines.files import sha256_of, write_json
from pipelines.gates.again import under_its_gates
from pipelines.gates.examine import examined
from pipelines.kit import Kit, open_kit
from pipelines.plan import Plan, make_plan
from pipelines.progress_base import Progress
from pipelines.pruning import note_use
from pipelines.replay import replay_chunks
from pipelines.report import write_report
from pipelines.rounds import Worked, in_rounds
from pipelines.shards import tables_of, write_dropped, write_shards
from pipelines.versions import packages, version
from pipelines.watch import watched
from schemas.arrow import FORMAT_VERSION
from schemas.exceptions import ResumeError
from schemas.manifest import Manifest

ChunkStage = Callable[[ChunkInput, Kit, Tick, ChunkResult | None], Coroutine[Any, Any, ChunkResult]]
AheadStage = Callable[[Sequence[ChunkInput], Kit, Callable[[ChunkInput, ChunkResult], None]], Awaitable[None]]


@dataclass(frozen=True)
class Stages:
    """The stages of a build as plain functions; a flow puts tasks in their place."""

    plan: Callable[[BuildConfig, Path], Plan] = make_plan
    chunk: ChunkStage = field(default_factory=lambda: _chunk)
    """Works on a chunk that is open in the window, or hands back its result where that is known."""
    ahead: AheadStage = replay_chunks
    """Does what it can of some chunks before the others begin."""
    ticks: bool = True
    """Whether a chunk says when one of its cases is done; if not, it is heard of as a whole."""
    kit: Callable[[BuildConfig, Path], AbstractAsyncContextManager[Kit]] = open_kit


@dataclass(frozen=True)
class Outcome:
    """How a build ended."""

    out: Path
    manifest: Manifest | None
    """None where too many cases failed, or the budget ended the build: nothing is published, a rerun goes on."""
    counts: dict[str, int]
    spent: dict[str, float]
    incidents: dict[str, int] = field(default_factory=dict)
    """What went wrong with the engines in this run and was dealt with, by slug."""
    stopped: str = ""
    """The limit of the budget that ended the build, in words; empty where none did."""


async def build(
    config: BuildConfig, out: Path, progress: Progress | None = None, stages: Stages | None = None
) -> Outcome:
    """Run or resume the build of `config` in the folder `out`.

    Raises ResumeError where `out` holds a build of another config, InputError for unusable input.
    """
    progress, stages = progress or Progress(), stages or Stages()
    started = time.monotonic()
    out = out.resolve()
    work = out / "work"
    claim(out, config)
    with only_build_in(work), watched(config, out, progress) as progress:
        plan = stages.plan(config, work)
        identity = identify(config, plan)
        progress.planned(plan, identity)
        done = already_finished(out, identity)
        if done is not None:
            done = under_its_gates(config, out, done)
            spent = {"seconds": time.monotonic() - started, "bought": 0, "replayed": 0, "new_tokens": 0}
            return progress.ended(Outcome(out, done, dict(done.counts), spent))
        async with stages.kit(config, work) as kit:
            kit.store.sweep()
            progress.begin(sum(c.problems for c in plan.chunks), kit)
            with first_error():
                tried: dict[str, ChunkResult] = {}
                worked = await in_rounds(
                    plan, kit, lambda chunks: _all_chunks(chunks, kit, progress, stages, tried)
                )
            spent = {"seconds": round(time.monotonic() - started, 3), **kit.spent()}
            progress.finishing()
            return progress.ended(finish(config, out, plan, worked, kit, spent))


@contextmanager
def only_build_in(work: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with the process; ResumeError where another build holds it."""
    with (work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ResumeError(
                f"another build is running in {work.parent}; wait for it, or use another --out"
            ) from None
        yield


def claim(out: Path, config: BuildConfig) -> None:
    """Make the folder this config's, or refuse it. ResumeError names the first field that differs."""
    saved = out / "work" / "config.json"
    if saved.is_file():
        before = json.loads(saved.read_text(encoding="utf-8"))
        difference = first_difference(before["config"], config.identity())
        if before["format"] != FORMAT_VERSION:
            difference = f"format: was {before['format']!r}, is {FORMAT_VERSION!r}"
        if difference and (out / "work" / "plan.json").is_file():
            raise ResumeError(
                f"{out} holds a build of another config; {difference}. Use the old value, or another --out"
            )
        if not difference:
            return
        # Nothing was planned yet (a wrong path, say): what was claimed in vain holds nobody up.
    elif out.is_dir() and any(out.iterdir()):
        raise ResumeError(f"{out} is not empty and holds no build; give another --out")
    write_json(saved, {"config": config.identity(), "format": FORMAT_VERSION})


def already_finished(out: Path, identity: str) -> Manifest | None:
    """The manifest, where this very build is finished: whole, without a failed case, of the same models and code."""
    path = out / "manifest.json"
    if not path.is_file():
        return None
    manifest = Manifest.from_json(json.loads(path.read_text(encoding="utf-8")))
    if any(map(manifest.counts.get, UNFINISHED)) or manifest.build_id != identity:
        return None
    whole = all((out / f.path).is_file() and sha256_of(out / f.path) == f.sha256 for f in manifest.files)
    return manifest if whole else None


def identify(config: BuildConfig, plan: Plan) -> str:
    """The build's id, found without loading a model's weights: a folder may hold a new checkpoint."""
    return build_id(config, plan.address, case_address(config, model_ids(config)))


async def _all_chunks(
    chunks: Sequence[ChunkInput],
    kit: Kit,
    progress: Progress,
    stages: Stages,
    tried: dict[str, ChunkResult],
) -> list[ChunkResult]:
    """Results in plan order; finished chunks are taken as they are, those with unfinished cases tried again, once a
    run: `tried` are the results of its earlier rounds, by address.

    What the journal holds whole is rebuilt by processes of its own before. A chunk begins when all cases of the
    one before are in flight.
    """
    progress.round_begun(chunks)
    known: dict[str, ChunkResult] = {}

    async def one(chunk: ChunkInput) -> ChunkResult:
        if chunk.name in known:
            return await stages.chunk(chunk, kit, progress.tick, known[chunk.name])
        progress.chunk_begun(chunk)
        result = await stages.chunk(chunk, kit, progress.tick, None)
        tried[kit.address(chunk)] = result
        progress.chunk_done(chunk, result)
        if not stages.ticks:
            progress.resumed(result)
        return result

    for chunk in chunks:
        done = tried.get(kit.address(chunk)) or await asyncio.to_thread(finished, chunk, kit)
        if done is not None:
            known[chunk.name] = done
            progress.resumed(done)

    def replayed(chunk: ChunkInput, done: ChunkResult) -> None:
        known[chunk.name] = done
        progress.resumed(done)

    await stages.ahead([chunk for chunk in chunks if chunk.name not in known], kit, replayed)
    async with asyncio.TaskGroup() as begun:
        tasks = []
        for chunk in chunks:
            if chunk.name not in known:
                await kit.window.open_chunk(chunk.problems)
                await kit.refresh()
            tasks.append(begun.create_task(one(chunk)))
    return [task.result() for task in tasks]


async def _chunk(chunk: ChunkInput, kit: Kit, tick: Tick, known: ChunkResult | None) -> ChunkResult:
    return known or await work_chunk(chunk, kit, tick)


@contextmanager
def first_error() -> Iterator[None]:
    """Raise the first error of a task group as itself: a person reads one message, not a tree of them."""
    try:
        yield
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None


def finish(
    config: BuildConfig,
    out: Path,
    plan: Plan,
    worked: Worked,
    kit: Kit,
    spent: dict[str, float],
) -> Outcome:
    """Write shards, dropped rows, card and report, and the manifest last.

    Dropped rows alone where too many cases failed, or where the budget left cases out (`run.budget.publish`
    writes the rest all the same).
    """
    counts = Counter(plan.counts)
    counts["problems"] = sum(chunk.problems for chunk in worked.inputs)
    for chunk in worked.results:
        counts.update(chunk.counts)
    counts.update(f"dropped.selection.{reason}" for reason in worked.selection.out.values())
    counts.subtract({f"kept.{recipe}": rows for recipe, rows in worked.selection.by_recipe.items()})
    if worked.rounds:
        counts["rounds"] = worked.rounds + 1
    total, kinds = without_kinds(dict(sorted(counts.items())))
    (out / "manifest.json").unlink(missing_ok=True)
    write_dropped(out, plan, worked.results, worked.selection)
    incidents = kit.incidents()
    stopped = kit.budget.stopped if counts["unpaid"] else ""
    too_many = counts["failed"] > config.run.max_failed_share * counts["problems"]
    if too_many or (stopped and not config.run.budget.publish):
        return Outcome(out, None, total, spent, incidents, stopped)
    makes: set[str] = {kind for recipe in kit.recipes for kind in recipe.makes}
    files = write_shards(out, worked.results, tables_of(makes), worked.selection)
    manifest = Manifest(
        name=config.name,
        format_version=FORMAT_VERSION,
        version=version(),
        config=config.described(),
        config_digest=config.digest(),
        files=tuple(files),
        counts=total,
        error_kinds=kinds,
        targets=worked.selection.cells,
        models=kit.models(),
        spent=spent,
        incidents=incidents,
        stopped=stopped,
        packages=packages(),
        build_id=build_id(config, plan.address, kit.case_address),
    )
    manifest = examined(config, out, manifest, kit)
    note_use(out, plan.address, {kit.address(chunk) for chunk in worked.tried})
    columns = read_columns(out, manifest)
    write_card(out, manifest, kit.recipes, columns)
    write_report(out, manifest, kit.recipes, columns)
    write_json(out / "manifest.json", manifest.as_json())
    return Outcome(out, manifest, total, spent, incidents, stopped)
