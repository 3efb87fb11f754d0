"""Chunks on a cluster: each one an order for a worker there, through Prefect's Ray or Dask task runner.

The build's own process plans, hands out orders and writes the dataset; it opens no model. What a worker has done is
found in the shared store, so an order that was carried out twice, or whose answer was lost, costs nothing again. Ray
gives the orders of a node that died to another one.
"""

import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from prefect import task
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner

from generators.engines.base import Engine, EngineOptions
from generators.engines.budget import BudgetOptions, share
from pipelines.build import Stages
from pipelines.chunk_input import ChunkInput
from pipelines.chunk_result import ChunkResult
from pipelines.chunks import Tick
from pipelines.code import ROOT
from pipelines.config import BuildConfig
from pipelines.flows.now import now
from pipelines.flows.stages import plan_stage
from pipelines.flows.tasks import ChunkTask, worth_another_try
from pipelines.kit import Kit, open_kit
from pipelines.masking import masked
from pipelines.worker import BOUGHT, Opener, the_worker
from schemas.exceptions import EngineError
from schemas.ids import content_hash

_SEEN_S = 60.0
"""Seconds in which what a worker has written must be seen by the build's own machine."""
_LOST = 8
"""Machines that a chunk may outlive, one after another; one that kills its worker every time is no machine's fault."""


@task(name="chunk", task_run_name="{name}: {problems} problems", persist_result=False)
def ordered_chunk(name: str, problems: int, order: dict[str, Any]) -> dict[str, Any]:
    """Work on one chunk on this machine; returns small JSON."""
    return the_worker().do(order, _opener(order["engines"]))


def _opener(engines: dict[str, list[str]]) -> Opener | None:
    if not engines:
        return None

    def opened(role: str, options: EngineOptions) -> Engine:
        from pipelines.flows.ray_engines import ActorEngine

        return ActorEngine(options, engines[role]) if role in engines else options.open()

    return opened


@dataclass
class Cluster:
    """A task runner on a cluster, and the orders it is given."""

    config: BuildConfig
    runner: TaskRunner[PrefectFuture[Any]]
    engines: dict[str, list[str]]
    work: str
    written: dict[str, Any] = field(default_factory=dict)
    """The config as JSON."""

    def __post_init__(self) -> None:
        at_once = self.config.run.runner.at_once
        self._room = asyncio.Semaphore(at_once)
        self._waiters = ThreadPoolExecutor(at_once, thread_name_prefix="chunk")
        self._free = at_once
        self._reserved: Counter[str] = Counter()
        self.written = self.config.model_dump(mode="json", by_alias=True)

    async def chunk(self, chunk: ChunkInput, kit: Kit, tick: Tick, known: ChunkResult | None) -> ChunkResult:
        """Have a chunk worked on, unless its result is known."""
        if known is not None:
            return known
        kit.window.stay_out(chunk.problems)  # the worker has a window of its own
        async with self._room:
            await asyncio.to_thread(kit.store.share_input, chunk)
            share = self._share(kit)
            try:
                answer = await self._answer(chunk, kit, share)
            finally:
                self._free += 1
                self._reserved.subtract(_amounts(share))
        _note(answer, kit)
        name = Path(answer["result"]["folder"]).name
        return await self._found(chunk, name, kit)

    def _share(self, kit: Kit) -> BudgetOptions:
        """What an order may spend: an equal part of what is left for those that may be out at once."""
        found = share(self.config.run.budget, kit.budget.spending(), self._reserved, self._free)
        self._free -= 1
        self._reserved.update(_amounts(found))
        return found

    async def _answer(self, chunk: ChunkInput, kit: Kit, budget: BudgetOptions) -> dict[str, Any]:
        # Where the store is, in words that mean the same on every machine.
        self.written["run"]["store"] = kit.store.where
        order = {
            "config": self.written,
            "work": self.work,
            "chunk": asdict(chunk),
            "budget": budget.model_dump(mode="json"),
            "address": kit.case_address,
            "engines": self.engines,
            "timeout_s": self.config.run.tasks.timeout_s,
        }
        parameters = {"name": chunk.name, "problems": chunk.problems, "order": order}
        future = self._submitted(_configured(ordered_chunk, self.config), parameters)
        loop = asyncio.get_running_loop()
        answer: dict[str, Any] = await loop.run_in_executor(self._waiters, future.result)
        return answer

    async def _found(self, chunk: ChunkInput, name: str, kit: Kit) -> ChunkResult:
        """The result that a worker left in the store; over NFS it may take a while to be seen."""
        deadline = time.monotonic() + _SEEN_S
        while (done := await asyncio.to_thread(kit.store.named, name)) is None:
            if time.monotonic() > deadline:
                raise EngineError(
                    f"{chunk.name} was worked on and is not in the store {masked(kit.store.where)}; every machine "
                    "must see the same run.store"
                )
            await asyncio.sleep(1.0)
        return done

    def _submitted(self, wanted: ChunkTask, parameters: dict[str, Any]) -> PrefectFuture[Any]:
        options = self.config.run.runner
        if options.type == "dask":
            return self.runner.submit(wanted, parameters)
        from prefect_ray.context import remote_options

        with remote_options(num_cpus=options.cpus, scheduling_strategy="SPREAD", max_retries=_LOST):
            return self.runner.submit(wanted, parameters)


def _amounts(budget: BudgetOptions) -> dict[str, int]:
    return {"tokens": budget.tokens or 0, "requests": budget.requests or 0}


def _note(answer: dict[str, Any], kit: Kit) -> None:
    """Count what a worker bought as the build's."""
    spent, budget = answer["spent"], kit.budget
    kit.elsewhere.update({name: int(spent[name]) for name in BOUGHT})
    kit.incidents_elsewhere.update(answer["incidents"])
    budget.tokens += int(answer["budget"]["tokens"])
    budget.requests += int(answer["budget"]["requests"])
    if answer["stopped"]:
        budget.stopped = budget.reached() or "run.budget: the rest does not suffice for all chunks at once"
    kit.save_spending()


def _configured(plain: ChunkTask, config: BuildConfig) -> ChunkTask:
    options = config.run.tasks
    delays = [options.retry_delay_s * 2**turn for turn in range(max(1, options.retries))]
    return plain.with_options(
        retries=options.retries,
        retry_delay_seconds=delays,
        retry_condition_fn=worth_another_try,
        tags=["corrigenda", config.name, *options.tags],
    )


@asynccontextmanager
async def cluster_stages(config: BuildConfig) -> AsyncIterator[Stages]:
    """Stages whose chunks are worked on by the cluster that the config names."""
    run = uuid4().hex[:8]  # workers of another run may still be there, with other options
    with ExitStack() as stack:
        runner = stack.enter_context(_runner(config))
        engines: dict[str, list[str]] = {}
        if config.run.runner.engines:
            from pipelines.flows.ray_engines import end_engines, start_engines

            stack.callback(end_engines)
            engines = start_engines(config, run)
        work = str(
            Path(tempfile.gettempdir()) / f"corrigenda-{os.getuid()}-{content_hash(config.run.store)[:12]}"
        )
        cluster = Cluster(config, runner, engines, work)
        yield Stages(plan=plan_stage, chunk=cluster.chunk, kit=_driver_kit, ahead=_nothing, ticks=False)


@asynccontextmanager
async def _driver_kit(config: BuildConfig, work: Path) -> AsyncIterator[Kit]:
    """A kit that opens no model: this process asks for nothing."""
    quiet = config.model_copy(update={"run": config.run.model_copy(update={"replay_only": True})})
    async with open_kit(quiet, work) as kit:
        now().kit = kit
        yield kit


async def _nothing(
    chunks: Sequence[ChunkInput], kit: Kit, done: Callable[[ChunkInput, ChunkResult], None]
) -> None:
    """Workers replay what the journal holds themselves."""


def _runner(config: BuildConfig) -> TaskRunner[PrefectFuture[Any]]:
    options = config.run.runner
    found: TaskRunner[PrefectFuture[Any]]
    if options.type == "dask":
        from prefect_dask import DaskTaskRunner

        found = DaskTaskRunner(address=options.address or None)
        return found
    from prefect_ray import RayTaskRunner

    environment = {"env_vars": {"PYTHONPATH": str(ROOT)}}
    shipped = {"working_dir": str(ROOT), "excludes": ["out", ".venv*", ".git"]}
    found = RayTaskRunner(
        address=options.address or None,
        init_kwargs={
            "log_to_driver": False,
            "logging_level": "error",
            "runtime_env": shipped if options.ship_code else environment,
        },
    )
    return found
