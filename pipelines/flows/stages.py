"""The stages of a build as Prefect tasks of the flow that is running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from pipelines.build import Stages
from pipelines.chunk_input import ChunkInput
from pipelines.chunk_result import ChunkResult
from pipelines.chunks import Tick
from pipelines.config import BuildConfig
from pipelines.flows.now import now
from pipelines.flows.tasks import chunk_task, configured, plan_task
from pipelines.kit import Kit
from pipelines.plan import Plan


@asynccontextmanager
async def flow_stages(config: BuildConfig) -> AsyncIterator[Stages]:
    """Stages that run as tasks, of this process or of the cluster that the config names."""
    if config.run.runner.type == "local":
        yield Stages(plan=plan_stage, chunk=_chunk)
        return
    from pipelines.flows.cluster import cluster_stages

    async with cluster_stages(config) as stages:
        yield stages


def plan_stage(config: BuildConfig, work: Path) -> Plan:
    """Plan as a task of the running flow."""
    now().config = config
    plan_task(str(work))
    plan = now().plan
    assert plan is not None
    return plan


async def _chunk(chunk: ChunkInput, kit: Kit, tick: Tick, known: ChunkResult | None) -> ChunkResult:
    here = now()
    here.kit, here.tick = kit, tick
    if (known is not None) not in here.tasks:  # making one reads its source file: 3 ms
        here.tasks[known is not None] = configured(chunk_task, here.config, kit, known is not None)
    task, address = here.tasks[known is not None], kit.address(chunk)
    if known is not None:
        here.known[address] = known
    said = ChunkResult(**await task(**asdict(chunk), address=address, opened=known is None))
    return known or said
