"""Memory, cores and open files against what the config wants of them."""

import resource
from collections.abc import Iterator

from generators.engines.openai_server import OpenAIServer
from pipelines.config import BuildConfig
from pipelines.doctor.base import Situation
from pipelines.doctor.engines import engines_of
from pipelines.doctor.memory import available_memory, cores
from pipelines.findings import Finding, Kind

BASE_BYTES = 400 << 20
"""Of a build's process with nothing in flight; torch adds 700 MB. Measured: 394 MB with 16 cases in flight."""
CASE_BYTES = 128 << 10
"""Of one case in flight besides its texts. Measured: 594 MB with 1,600 in flight and 7 short attempts each."""
CHARACTERS_PER_TOKEN = 4
USED_SHARE = 0.2
"""Of the tokens that an answer may have. Measured: 38 of 200 (embedded policy)."""
SPARE_FILES = 256
"""Open files of a build besides connections: journal, tables, workers' pipes, libraries."""

MEMORY = Kind("machine.ok", "ok", "Memory and cores are enough for what the config asks of them.")
LOW = Kind(
    "machine.low_memory",
    "warning",
    "The cases in flight may take more memory than is free, and the system would end the build.",
    "Lower `run.cases_in_flight` (or `chunk_size`), or give the machine (the container) more memory.",
)
FEW_CORES = Kind(
    "machine.few_cores",
    "note",
    "More worker processes are configured than there are cores: they take turns, and each takes memory.",
    "Lower `judge.workers` and `run.replay_processes` to the number of cores.",
)
FEW_FILES = Kind(
    "machine.few_open_files",
    "warning",
    "Every request in flight is a connection, and so many open files are not allowed: requests would fail with "
    "`Too many open files`.",
    "`ulimit -n 65536` before the build (in a container: --ulimit nofile=65536), or lower `max_in_flight`.",
)


def look(at: Situation) -> Iterator[Finding]:
    """This machine, for this config."""
    connections = sum(
        options.max_in_flight * len(options.urls)
        for _, options in engines_of(at)
        if isinstance(options, OpenAIServer)
    )
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    yield from about(at.config, available_memory(), cores(), connections, files)


def about(
    config: BuildConfig | None, memory: int | None, cores: float, connections: int, files: int
) -> Iterator[Finding]:
    """What there is to say of so much free memory (bytes), so many cores and open files."""
    said = f"{'unknown' if memory is None else f'{memory / 2**30:.1f} GiB'} of memory free, {cores:g} cores"
    found = []
    if config is not None:
        need = memory_of(config)
        if memory is not None and need > memory:
            found.append(
                LOW.found(
                    f"{said}; {config.run.cases_in_flight:,} cases in flight may take {need / 2**30:.1f} GiB"
                )
            )
        workers = max(config.judge.workers, config.run.replay_processes or 0)
        if workers > max(1.0, cores):
            found.append(FEW_CORES.found(f"{workers} worker processes on {cores:g} cores"))
    if files != resource.RLIM_INFINITY and connections and connections + SPARE_FILES > files:
        found.append(
            FEW_FILES.found(f"{connections:,} requests may be in flight, {files:,} open files are allowed")
        )
    yield from found or [MEMORY.found(said)]


def memory_of(config: BuildConfig) -> int:
    """Bytes that a build may take, its models not counted: every recipe's rows hold the attempts' texts again."""
    text = 0
    if config.policy is not None:
        tokens = config.policy.samples * config.policy.sampling.max_tokens
        text = int(tokens * USED_SHARE * CHARACTERS_PER_TOKEN * (1 + len(config.recipes)))
    return BASE_BYTES + config.run.cases_in_flight * (CASE_BYTES + text)
