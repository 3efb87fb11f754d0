"""How large a build will be, roughly: from counts of problems and what two builds came to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.config import BuildConfig
from schemas.exceptions import ConfigError, InputError

BYTES_PER_TOKEN, BYTES_PER_TOKEN_AND_RECIPE = 5.0, 0.6
"""Of everything a build leaves on disk, per attempt and token that an attempt may have. Measured on the embedded
policy (answers of 38 tokens where 200 are allowed): 8.4 with 6 recipes (480 attempts), 21 with 28 (1,500)."""
OPEN_FILE_BYTES = 64 << 20
"""A journal file grows so large before it is compressed."""
_COUNTED_BYTES = 64 << 20
"""Of a file of problems that is read to count its lines; the rest is taken to be alike."""


@dataclass(frozen=True)
class Amounts:
    """What is expected: `problems` None where no source says how many it has."""

    problems: int | None
    attempts: int | None
    disk_bytes: int | None
    how: str
    """How it was reckoned, in words."""


def amounts_of(config: BuildConfig) -> Amounts:
    """A rough estimate, too low where answers are as long as they may be; `corrigenda plan` measures."""
    problems = _problems(config)
    samples = config.policy.samples if config.policy else 1
    tokens = config.policy.sampling.max_tokens if config.policy else 512
    if problems is None:
        return Amounts(None, None, None, "how many problems there are is not known")
    attempts = problems * samples
    rate = BYTES_PER_TOKEN + BYTES_PER_TOKEN_AND_RECIPE * len(config.recipes)
    size = int(attempts * tokens * rate) + OPEN_FILE_BYTES
    how = (
        f"{problems:,} problems x {samples} samples x {tokens:,} tokens x {rate:.1f} bytes ({len(config.recipes)} "
        f"recipes) and an open journal file"
    )
    return Amounts(problems, attempts, size, how)


def _problems(config: BuildConfig) -> int | None:
    counts = list(_counts(config))
    known = None if None in counts else sum(count for count in counts if count is not None)
    if config.limit is None:
        return known
    # Targets may draw on more than `limit`, and this is rough.
    return config.limit if known is None else min(known, config.limit)


def _counts(config: BuildConfig) -> Iterator[int | None]:
    for written in config.sources:
        if isinstance(written.get("count"), int):
            yield written["count"]
    try:
        made = config.sources_made()
        files = [(source, source.files()) for source in made]
    except (ConfigError, InputError):
        yield None
        return
    for source, paths in files:
        if isinstance(getattr(source, "count", None), int):
            continue
        if not paths:
            yield None
        for path in paths:
            yield _lines(Path(path))


def _lines(path: Path) -> int | None:
    """Lines of a plain file of JSON lines; None of any other."""
    if path.suffix != ".jsonl":
        return None
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_COUNTED_BYTES)
    except OSError:
        return None
    lines = start.count(b"\n") + (bool(start) and not start.endswith(b"\n"))
    return lines if size <= len(start) else int(lines * size / max(len(start), 1))
