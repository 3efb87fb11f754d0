"""Tasks: one for the plan, one per chunk.

They take names, paths and hashes, never rows, and return small JSON. A chunk's result is cached by its address:
input, config, models and code; Prefect sees only the text of the task itself, and a helper that changed would go
unnoticed.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import Task, task
from prefect.context import TaskRunContext
from prefect.runtime import task_run

from pipelines.chunk_input import ChunkInput
from pipelines.chunks import work_chunk
from pipelines.config import BuildConfig
from pipelines.flows.now import now
from pipelines.kit import Kit
from pipelines.plan import make_plan
from schemas.exceptions import CorrigendaError

ChunkTask = Task[..., Any]


@task(name="plan", task_run_name="plan", persist_result=False)
def plan_task(work: str) -> dict[str, int]:
    """Read sources and attempts into chunk inputs; returns the counts."""
    here = now()
    here.plan = make_plan(here.config, Path(work))
    return here.plan.counts


def _address(context: TaskRunContext, parameters: Mapping[str, Any]) -> str:
    return f"chunk-{parameters['address']}"


@task(
    name="chunk",
    task_run_name="{name}: {problems} problems",
    persist_result=True,
    result_serializer="json",
    cache_key_fn=_address,
)
async def chunk_task(
    name: str, address: str, path: str, sha256: str, problems: int, samples: int, opened: bool
) -> dict[str, Any]:
    """Work on one chunk in this process, or take what is finished; returns its folder, file hashes and counts.

    `opened`: whoever began the task has opened the chunk in the window, for its first try.
    """
    here, chunk = now(), ChunkInput(name, path, sha256, problems, samples)
    assert here.kit is not None and here.tick is not None
    if not opened and (known := here.known.get(address)):
        return asdict(known)
    if not opened or (task_run.run_count or 1) > 1:
        await here.kit.window.open_chunk(chunk.problems)
    return asdict(await work_chunk(chunk, here.kit, here.tick))


def configured(plain: ChunkTask, config: BuildConfig, kit: Kit, known: bool) -> ChunkTask:
    """The task with the config's retries, time-out and tags, its results beside what they speak of.

    A cached result is taken only where the chunk's files were just seen, whole (`known`): Prefect does not look.
    """
    options = config.run.tasks
    delays = [options.retry_delay_s * 2**turn for turn in range(max(1, options.retries))]
    return plain.with_options(
        retries=options.retries,
        retry_delay_seconds=delays,
        retry_condition_fn=worth_another_try,
        timeout_seconds=options.timeout_s,
        tags=["corrigenda", config.name, *options.tags],
        result_storage=kit.store.folder / "prefect",
        refresh_cache=not known,
    )


def worth_another_try(task: ChunkTask, run: object, state: Any) -> bool:  # noqa: ANN401 (Prefect's own)
    """Whether an error may be the machine's: what a person has to mend is not tried again."""
    error = state.data
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return not isinstance(error, CorrigendaError | AssertionError | LookupError | TypeError)
