"""Planning: sources and attempts are read once and written as chunk inputs.

A chunk input is one JSON line per problem with the attempts brought for it, so that a chunk can
be worked on by any process from a path and a hash. `plan.json` is written last.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generators.attempts import BroughtAttempt
from generators.attempts_file import AttemptsFile, ImportedAttempt
from generators.sources.base import Source
from pipelines.config import BuildConfig
from pipelines.files import sha256_of, write_json
from schemas.dropped import Dropped
from schemas.exceptions import InputError, ResumeError
from schemas.ids import canonical_json
from schemas.problem import Problem

Brought = dict[str, list[ImportedAttempt]]


@dataclass(frozen=True, slots=True)
class ChunkInput:
    """Where a chunk's problems are; the hash makes a stale result of the chunk visible.

    `samples` per problem where they are not the config's.
    """

    name: str
    path: str
    sha256: str
    problems: int
    samples: int = 0

    @property
    def folder(self) -> str:
        """Name of its result's folder: rounds with more samples have one of their own."""
        return f"{self.name}.k{self.samples}" if self.samples else self.name


@dataclass(frozen=True)
class Plan:
    """All chunk inputs of a build, in order, and what was unusable.

    The `first` so many are the build; those behind them are in reserve for targets. 0: there is no reserve.
    """

    chunks: tuple[ChunkInput, ...]
    counts: dict[str, int]
    dropped_path: str
    first: int = 0


def make_plan(config: BuildConfig, work: Path) -> Plan:
    """Read the sources into chunk inputs, or take the plan that is there. InputError, ResumeError."""
    folder = work / "plan"
    done = folder / "plan.json"
    sources, attempts = config.sources_made(), config.attempts_made()
    if done.is_file():
        return _resumed(json.loads(done.read_text(encoding="utf-8")), folder, _files(sources, attempts))
    inputs = [{"path": f, "sha256": sha256_of(Path(f))} for f in _files(sources, attempts)]
    folder.mkdir(parents=True, exist_ok=True)
    dropped: list[Dropped] = []
    brought = _read_attempts(attempts, dropped)
    problems = _read_problems(sources, _most(config), dropped)
    counts: Counter[str] = Counter()
    first = -(-config.limit // config.chunk_size) if config.limit else 0
    chunks = [
        _write_chunk(folder, number, batch, brought, counts)
        for number, batch in enumerate(_batched(problems, config.chunk_size, config.limit))
    ]
    _unmatched(brought, config, dropped)
    if not chunks:
        reasons = Counter(d.reason for d in dropped if d.stage == "source")
        raise InputError(f"the sources hold no usable problem; dropped: {dict(reasons)}")
    dropped_path = folder / "dropped.jsonl"
    dropped_path.write_text("".join(canonical_json(asdict(d)) + "\n" for d in dropped), encoding="utf-8")
    counts.update(f"dropped.{d.stage}.{d.reason}" for d in dropped)
    plan = Plan(tuple(chunks), dict(sorted(counts.items())), str(dropped_path), first)
    write_json(done, {"inputs": inputs, **asdict(plan)})
    return plan


def read_chunk(chunk: ChunkInput) -> Iterator[tuple[Problem, list[BroughtAttempt]]]:
    """The problems of a chunk input with the attempts brought for them. InputError where it was changed."""
    if sha256_of(Path(chunk.path)) != chunk.sha256:
        raise InputError(
            f"{chunk.path} has changed since the build was planned; build into another folder with --out"
        )
    with Path(chunk.path).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Problem(**row["problem"]), [BroughtAttempt(**a) for a in row["attempts"]]


def read_dropped(plan: Plan) -> list[Dropped]:
    """What planning found unusable."""
    # Not splitlines: JSON leaves U+2028 and its kin as they are, and they would end a line.
    lines = Path(plan.dropped_path).read_text(encoding="utf-8").split("\n")
    return [Dropped(**json.loads(line)) for line in lines if line]


def _files(sources: Sequence[Source], attempts: Sequence[AttemptsFile]) -> list[str]:
    return sorted({f for s in sources for f in s.files()} | {f for a in attempts for f in a.files()})


def _resumed(saved: dict[str, Any], folder: Path, files: list[str]) -> Plan:
    """The saved plan, if the files that the config names now hold what it was made of.

    `data_dir` and the build's own folder may have moved since.
    """
    before = saved["inputs"]
    for path, entry in zip(files, before, strict=False):
        if sha256_of(Path(path)) != entry["sha256"]:
            raise ResumeError(
                f"{path} has changed since this build began; build into another folder with --out"
            )
    if len(files) != len(before):
        raise ResumeError(
            f"the config names {len(files)} input files, this build began with {len(before)}; "
            "build into another folder with --out"
        )
    chunks = tuple(ChunkInput(**{**c, "path": str(folder / Path(c["path"]).name)}) for c in saved["chunks"])
    return Plan(chunks, saved["counts"], str(folder / Path(saved["dropped_path"]).name), saved["first"])


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


def _most(config: BuildConfig) -> int | None:
    """Problems planned at most: with targets also those that later rounds may need."""
    if config.limit is None or not config.targets.cells:
        return config.limit
    return config.limit << config.targets.rounds


def _batched(problems: Iterator[Problem], size: int, limit: int | None) -> Iterator[list[Problem]]:
    """Chunks of `size`; one ends at the limit, so that what is behind it is in reserve."""
    left = limit or 0
    while batch := list(itertools.islice(problems, min(size, left) if left else size)):
        left = max(0, left - len(batch))
        yield batch


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
    return ChunkInput(name, str(path), sha256_of(path), len(problems))


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
