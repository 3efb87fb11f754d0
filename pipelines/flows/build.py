"""The flow `build`: the same build as the plain command's, its plan and chunks as tasks."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from prefect import flow
from prefect.concurrency.asyncio import concurrency
from prefect.logging import get_run_logger

from pipelines.build import Outcome, build
from pipelines.config import BuildConfig
from pipelines.flows.artifacts import FlowProgress
from pipelines.flows.now import NOW, Now, begun
from pipelines.flows.stages import flow_stages
from pipelines.progress_base import Progress

_SOON_S = 10.0
"""Seconds of waiting for the GPU from which on the log says so."""
ON_THE_GPU = ("vllm", "transformers_local")
"""Engines that compute in the build's own process."""


@flow(name="build", flow_run_name="build {config.name} into {out}", persist_result=False)
async def build_flow(config: BuildConfig, out: str) -> dict[str, int]:
    """Build the dataset of `config` into the folder `out`, or go on with it; returns the counts of the funnel."""
    return await _built(config, Path(out))


# A flow's own function travels to other machines by value, with all it names: it may name nothing that cannot.
async def _built(config: BuildConfig, out: Path) -> dict[str, int]:
    config.check()
    here = begun(config)
    async with FlowProgress(config, here.progress) as shown, gpu_slot(config), flow_stages(config) as stages:
        here.outcome = await build(config, out, shown, stages)
        await shown.end(here.outcome)
    return here.outcome.counts


async def build_as_flow(config: BuildConfig, out: Path, progress: Progress) -> Outcome:
    """Run a build as a flow of this process; the same files as without Prefect."""
    here = Now(config, progress)
    NOW.set(here)
    await build_flow(config, str(out))
    assert here.outcome is not None
    return here.outcome


@asynccontextmanager
async def gpu_slot(config: BuildConfig) -> AsyncIterator[None]:
    """A slot of the GPU's limit, where an engine of this process will use it."""
    limit = config.run.tasks.gpu_limit
    elsewhere = config.run.runner.type != "local"
    if elsewhere or not limit or not set(config.engine_types().values()).intersection(ON_THE_GPU):
        yield
        return
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(concurrency(limit, occupy=1, timeout_seconds=_SOON_S))
        except TimeoutError:
            get_run_logger().info(
                "waiting for a slot of the limit %s; that of a build that was killed comes free in five minutes",
                limit,
            )
            await stack.enter_async_context(concurrency(limit, occupy=1))
        yield
