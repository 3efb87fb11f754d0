"""Writing a plan: problems of all sources with the attempts brought for them, cut into chunks."""

import itertools
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from generators.attempts_file import AttemptsFile, ImportedAttempt
from generators.sources.base import Source
from pipelines.chunk_input import ChunkInput
from pipelines.config import BuildConfig
from pipelines.cutting import cut
from pipelines.files import sha256_of, write_json
from pipelines.store import own_name
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from schemas.ids import canonical_json
from schemas.problem import Problem

Brought = dict[str, list[ImportedAttempt]]

DROPPED = "dropped.jsonl"
"""File of what was unusable."""


def write_plan(config: BuildConfig, sources: Sequence[Source], folder: Path) -> None:
    """Read everything once and write it as chunk inputs into the folder, which appears whole."""
    partial = folder.with_name(f".{folder.name}.{own_name()}.partial")
    partial.mkdir(parents=True)
    dropped: list[Dropped] = []
    counts: Counter[str] = Counter()
    brought = _read_attempts(config.attempts_made(), dropped)
    problems = _read_problems(sources, most_planned(config), dropped)
    chunks = [
        _write_chunk(partial, number, batch, brought, counts)
        for number, batch in enumerate(cut_problems(problems, config.chunk_size, config.limit))
    ]
    _unmatched(brought, config, dropped)
    if not chunks:
        shutil.rmtree(partial)
        reasons = Counter(d.reason for d in dropped if d.stage == "source")
        raise InputError(f"the sources hold no usable problem; dropped: {dict(reasons)}")
    lines = "".join(canonical_json(asdict(d)) + "\n" for d in dropped)
    (partial / DROPPED).write_text(lines, encoding="utf-8")
    counts.update(f"dropped.{d.stage}.{d.reason}" for d in dropped)
    content = {"chunks": [asdict(chunk) for chunk in chunks], "counts": dict(sorted(counts.items()))}
    write_json(partial / "plan.json", {**content, "first": _first(chunks, config.limit)})
    if not (folder / "plan.json").is_file():
        shutil.rmtree(folder, ignore_errors=True)  # without its plan.json: nobody's
    try:
        partial.replace(folder)
    except OSError:
        # Another build planned the same meanwhile, and may be reading it.
        if not (folder / "plan.json").is_file():
            raise
        shutil.rmtree(partial, ignore_errors=True)


def _first(chunks: Sequence[ChunkInput], limit: int | None) -> int:
    """How many chunks hold the first `limit` problems; 0 without a limit."""
    ends = itertools.accumulate(chunk.problems for chunk in chunks)
    return sum(end <= limit for end in ends) or len(chunks) if limit else 0


def _read_attempts(files: Sequence[AttemptsFile], dropped: list[Dropped]) -> Brought:
    brought: Brought = {}
    for file in files:
        for row in file.attempts():
            if isinstance(row, Dropped):
                dropped.append(row)
            else:
                brought.setdefault(row.key, []).append(row)
    return brought


def _read_problems(sources: Sequence[Source], limit: int | None, dropped: list[Dropped]) -> Iterator[Problem]:
    """Problems of all sources, ids unique, at most `limit`."""

    def unique() -> Iterator[Problem]:
        seen: set[str] = set()
        for row in itertools.chain.from_iterable(s.problems() for s in sources):
            if isinstance(row, Dropped):
                dropped.append(row)
            elif row.id in seen:
                dropped.append(
                    Dropped(stage="source", reason="duplicate_id", problem_id=row.id, content=row.statement)
                )
            else:
                seen.add(row.id)
                yield row

    return itertools.islice(unique(), limit)


def most_planned(config: BuildConfig) -> int | None:
    """Problems planned at most: with targets also those that later rounds may need."""
    if config.limit is None or not config.targets.cells:
        return config.limit
    return config.limit << config.targets.rounds


def cut_problems(problems: Iterable[Problem], size: int, limit: int | None = None) -> Iterator[list[Problem]]:
    """Chunks of `size` problems on average; one ends at the limit, so that what is behind it is in reserve."""
    waiting = iter(problems)
    yield from cut(itertools.islice(waiting, limit), lambda problem: problem.id, size)
    yield from cut(waiting, lambda problem: problem.id, size)


def _write_chunk(
    folder: Path,
    number: int,
    problems: list[Problem],
    brought: Brought,
    counts: Counter[str],
) -> ChunkInput:
    name = f"chunk-{number:05d}"
    path = folder / f"{name}.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for problem in problems:
            rollouts = [r for key in (problem.id, problem.fingerprint) for r in brought.pop(key, [])]
            attempts = [
                {"text": r.text, "model": r.model, "index": index} for r, index in _numbered(rollouts)
            ]
            counts["problems"] += 1
            out.write(canonical_json({"problem": asdict(problem), "attempts": attempts}) + "\n")
    return ChunkInput(name, path.name, sha256_of(path), len(problems))


def _numbered(rollouts: Sequence[ImportedAttempt]) -> Iterator[tuple[ImportedAttempt, int]]:
    """Every rollout with an index no other of its model has: two files may both count from 0."""
    taken: set[tuple[str, int]] = set()
    for rollout in rollouts:
        index = rollout.index
        while (rollout.model, index) in taken:
            index += 1
        taken.add((rollout.model, index))
        yield rollout, index


def _unmatched(brought: Brought, config: BuildConfig, dropped: list[Dropped]) -> None:
    """Attempts of no problem; with a limit they are simply outside it."""
    if config.limit is not None:
        return
    for key, rows in brought.items():
        for row in rows:
            dropped.append(
                Dropped(
                    stage="attempts",
                    reason="no_such_problem",
                    problem_id=key,
                    where=row.where,
                    content=row.text,
                )
            )
