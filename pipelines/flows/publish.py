"""The flow `publish`, and publishing as a task of other flows."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.logging import get_run_logger

from pipelines.flows.unheard import go_on_unheard
from pipelines.publish.options import PublishOptions
from pipelines.publish.publication import publish
from pipelines.publish.published import Published
from schemas.exceptions import CorrigendaError


def _may_pass(task: object, run: object, state: Any) -> bool:  # noqa: ANN401 (Prefect's own)
    """Whether trying again may help: what the publisher refuses on purpose it has tried often enough itself."""
    return not isinstance(state.data, CorrigendaError)


@task(
    name="publish",
    task_run_name="publish {folder}",
    retries=2,
    retry_delay_seconds=[30, 120],
    retry_condition_fn=_may_pass,
    persist_result=False,
)
async def publish_task(folder: str, options: dict[str, Any]) -> dict[str, Any]:
    """Publish the finished dataset in `folder`; returns where it is. In a thread: the run stays alive meanwhile."""
    logger = get_run_logger()
    done = await asyncio.to_thread(publish, Path(folder), PublishOptions(**options), say=logger.info)
    return asdict(done)


async def publish_as_task(folder: Path, options: PublishOptions) -> Published:
    """Publish in a running flow."""
    return Published(**await publish_task(str(folder), options.model_dump(mode="json")))


@flow(name="publish", flow_run_name="publish {folder}", persist_result=False)
async def publish_flow(folder: str, options: PublishOptions) -> dict[str, Any]:
    """Publish the finished dataset in `folder`, whole or not at all; returns where it is."""
    go_on_unheard()
    return asdict(await publish_as_task(Path(folder), options))
