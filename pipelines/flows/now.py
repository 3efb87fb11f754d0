"""What the tasks of a flow in this process share and no task can take as an argument."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.build import Outcome
from pipelines.chunk_result import ChunkResult
from pipelines.chunks import Tick
from pipelines.config import BuildConfig
from pipelines.kit import Kit
from pipelines.plan import Plan
from pipelines.progress_base import Progress
from pipelines.refreshing import Refreshed

if TYPE_CHECKING:
    from prefect import Task


@dataclass
class Now:
    """The build that is going on."""

    config: BuildConfig
    progress: Progress
    kit: Kit | None = None
    tick: Tick | None = None
    plan: Plan | None = None
    outcome: Outcome | None = None
    refreshed: Refreshed | None = None
    used: bool = False
    known: dict[str, ChunkResult] = field(default_factory=dict)
    """Results of chunks that are there already, by address."""
    tasks: "dict[bool, Task[..., Any]]" = field(default_factory=dict)
    """The task of chunks as this config wants it, for those that are not known yet and those that are."""


NOW: ContextVar[Now | None] = ContextVar("now", default=None)


def begun(config: BuildConfig) -> Now:
    """The build that a command has just begun in this process; a new one where a worker runs the flow, or the last
    one is over."""
    here = NOW.get()
    if here is None or here.used:
        here = Now(config, Progress())
        NOW.set(here)
    here.used = True
    return here


def now() -> Now:
    """The build that is going on; LookupError outside one."""
    found = NOW.get()
    if found is None:
        raise LookupError("no build is going on in this process")
    return found
