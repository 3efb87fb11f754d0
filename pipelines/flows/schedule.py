"""A nightly deployment, served by this process: `corrigenda schedule CONFIG --cron "0 3 * * *"`."""

import asyncio
from pathlib import Path
from typing import Any

from prefect import aserve
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types.entrypoint import EntrypointType

from pipelines.config import BuildConfig
from pipelines.flows.build import ON_THE_GPU
from pipelines.flows.refresh import refresh_flow

_AT_ONCE = 2
"""Runs that the process starts at once: one that finds another going on has to run to refuse itself."""


def parameters(config: BuildConfig, root: Path, publish: bool) -> dict[str, Any]:
    """Parameters of the flow, as a deployment keeps them: what the config says, with absolute folders."""
    written = config.model_dump(mode="json", by_alias=True, exclude_unset=True)
    written["data_dir"] = str(Path(config.data_dir).resolve())
    return {"config": written, "root": str(root.resolve()), "publish": publish}


def deployment(
    config: BuildConfig, root: Path, publish: bool, cron: str, timezone: str, name: str
) -> RunnerDeployment:
    """The deployment `refresh/NAME`. ValueError for a cron line or a time zone that is none."""
    found: RunnerDeployment = refresh_flow.to_deployment(  # type: ignore[assignment]
        name or config.name,
        schedule=Cron(cron, timezone=timezone),
        parameters=parameters(config, root, publish),
        tags=["corrigenda", config.name],
        description=f"Every time the clock matches `{cron}` ({timezone}): what is new, built into `{root}`"
        + (", published when the gates pass." if publish else "."),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return found


def serve(wanted: RunnerDeployment, config: BuildConfig, api: str) -> None:
    """Register the deployment at the API's URL and start its runs until this process ends; its schedule stays, so
    that what is missed meanwhile is caught up once."""

    async def begin() -> None:
        await _make_gpu_limit(config)
        await aserve(wanted, pause_on_shutdown=False, limit=_AT_ONCE, print_starting_message=False)

    with temporary_settings({PREFECT_API_URL: api}):  # and its processes have it by their environment
        asyncio.run(begin())


async def _make_gpu_limit(config: BuildConfig) -> None:
    """Make the GPU's limit of one slot, where the config's engines use it and nobody has made one."""
    name = config.run.tasks.gpu_limit
    if not name or not set(config.engine_types().values()).intersection(ON_THE_GPU):
        return
    async with get_client() as client:
        try:
            await client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            await client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=1))
