"""The same build as a Prefect flow: one task for the plan and one per chunk.

Tasks take names, paths and hashes, never rows, and return small JSON; what a chunk has finished is
known from its folder, so Prefect caches nothing. Imported only with `--prefect` or a Prefect API.
"""

import os

# Set before Prefect is imported, which reads them then: no telemetry, and time for the temporary
# server's first start (some 20 s on two cores while it makes its database).
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "60")

from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from pipelines.build import Outcome, Stages, build
from pipelines.chunks import ChunkResult, Tick, work_chunk
from pipelines.config import BuildConfig
from pipelines.kit import Kit
from pipelines.plan import ChunkInput, Plan, make_plan
from pipelines.progress_base import Progress


@dataclass
class _Now:
    """What the tasks of the flow in this process share and no task can take as an argument."""

    config: BuildConfig
    progress: Progress
    kit: Kit | None = None
    tick: Tick | None = None
    outcome: Outcome | None = None
    plan: Plan | None = None


_NOW: ContextVar[_Now] = ContextVar("now")


@task(name="plan", cache_policy=NO_CACHE)
def plan_task(work: str) -> dict[str, int]:
    """Read sources and attempts into chunk inputs; returns the counts."""
    now = _NOW.get()
    now.plan = make_plan(now.config, Path(work))
    return now.plan.counts


@task(name="chunk", task_run_name="{name}", cache_policy=NO_CACHE)
async def chunk_task(
    name: str, path: str, sha256: str, problems: int, samples: int, work: str
) -> dict[str, Any]:
    """Work on one chunk; returns its folder, file hashes and counts."""
    now = _NOW.get()
    assert now.kit is not None and now.tick is not None
    chunk = ChunkInput(name, path, sha256, problems, samples)
    return asdict(await work_chunk(chunk, Path(work), now.kit, now.tick))


@flow(name="corrigenda-build", flow_run_name="{name}")
async def build_flow(name: str, out: str) -> dict[str, int]:
    """Build the dataset `name` into `out`; returns the counts of the funnel."""
    now = _NOW.get()
    stages = Stages(plan=_plan, chunk=_chunk)
    now.outcome = await build(now.config, Path(out), now.progress, stages)
    return now.outcome.counts


def _plan(config: BuildConfig, work: Path) -> Plan:
    plan_task(str(work))
    plan = _NOW.get().plan
    assert plan is not None
    return plan


async def _chunk(chunk: ChunkInput, work: Path, kit: Kit, tick: Tick) -> ChunkResult:
    now = _NOW.get()
    now.kit, now.tick = kit, tick
    return ChunkResult(**await chunk_task(work=str(work), **asdict(chunk)))


async def build_as_flow(config: BuildConfig, out: Path, progress: Progress) -> Outcome:
    """Run a build as a flow of this process; the same files as without Prefect."""
    now = _Now(config, progress)
    _NOW.set(now)
    await build_flow(config.name, str(out))
    assert now.outcome is not None
    return now.outcome
