"""Options of how a build's chunks are run as tasks: by whom, how often, how long."""

import importlib.util
from typing import Literal

from pydantic import Field

from schemas.exceptions import ConfigError
from schemas.family import Options


class RunnerOptions(Options):
    """Who works on chunks. All but `local` run as a Prefect flow and need a `run.store` that every machine sees."""

    type: Literal["local", "ray", "dask"] = "local"
    """`local`: this process. `ray`, `dask`: the workers of an existing cluster."""
    address: str = ""
    """Of the cluster: `ray://host:10001`, `host:6379` or `auto` for Ray, `tcp://host:8786` for Dask. Empty: a cluster
    on this machine for the time of the build."""
    cpus: float = Field(default=1.0, gt=0)
    """Cores that Ray reserves for a chunk."""
    at_once: int = Field(default=64, ge=1)
    """Chunks handed to the cluster at once."""
    engines: int = Field(default=0, ge=0)
    """Engines of each role that Ray's actors hold, each pinned to `engine_gpus`; 0: every worker opens the role's
    engine itself, as it should where that is a fleet of servers."""
    engine_gpus: float = Field(default=1.0, ge=0)
    """GPUs that Ray reserves for an engine."""
    ship_code: bool = False
    """Send Corrigenda's own code to Ray's workers; without it every machine has it installed, or at the same path."""


class TaskOptions(Options):
    """How Prefect runs chunks as tasks."""

    retries: int = Field(default=2, ge=0, le=20)
    """More tries of a chunk after an error of the machine: a full disk, a worker that died, a lost connection. Engines
    repeat their requests themselves."""
    retry_delay_s: float = Field(default=10.0, ge=0)
    """Seconds before the second try; each further one waits twice as long."""
    timeout_s: float | None = Field(default=None, gt=0)
    """Seconds a chunk may take before it is stopped and tried again; what it bought is journaled."""
    tags: list[str] = []
    """Tags of every task beside `corrigenda` and the build's name."""
    gpu_limit: str = "corrigenda-gpu"
    """Prefect's global concurrency limit of which a build with an engine in its own process takes one slot; a limit
    that does not exist limits nothing."""


_NEEDS = {"ray": "prefect_ray", "dask": "prefect_dask"}


def check_runner(options: RunnerOptions, store: str) -> None:
    """ConfigError where a cluster cannot be used: no shared store, or its package is not installed."""
    if options.type == "local":
        if options.engines:
            raise ConfigError("run.runner.engines: only `type: ray` holds engines in actors")
        return
    if options.engines and options.type != "ray":
        raise ConfigError("run.runner.engines: only `type: ray` holds engines in actors")
    if not store:
        raise ConfigError(
            f"run.runner: {options.type} needs run.store, a folder that every machine mounts or a URL such as "
            "s3://bucket/prefix"
        )
    package = _NEEDS[options.type]
    if importlib.util.find_spec(package) is None:
        raise ConfigError(f"run.runner: {package} is not installed: pip install 'corrigenda[{options.type}]'")
