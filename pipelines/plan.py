"""Planning: sources and attempts are read once and written as chunk inputs.

A chunk input is one JSON line per problem with the attempts brought for it, so that a chunk can
be worked on by any process from a path and a hash. Plans are kept by what they were made of; `plan.json` in a
build's work folder names its own.
"""

import itertools
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from generators.attempts import BroughtAttempt
from generators.attempts_file import AttemptsFile, ImportedAttempt
from generators.sources.base import Source
from pipelines.address import plan_address
from pipelines.config import BuildConfig
from pipelines.files import sha256_of, write_json
from pipelines.store import open_store
from schemas.dropped import Dropped
from schemas.exceptions import InputError, ResumeError
from schemas.ids import canonical_json, seed_of
from schemas.problem import Problem

Brought = dict[str, list[ImportedAttempt]]

_DROPPED = "dropped.jsonl"


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


@dataclass(frozen=True)
class Plan:
    """All chunk inputs of a build, in order, and what was unusable.

    The `first` so many are the build; those behind them are in reserve for targets. 0: there is no reserve.
    """

    chunks: tuple[ChunkInput, ...]
    counts: dict[str, int]
    dropped_path: str
    first: int = 0
    address: str = ""
    """Hash of what it was made of."""


def make_plan(config: BuildConfig, work: Path) -> Plan:
    """The plan of a build: what it began with, else one of the same inputs in the store, else a new one.

    InputError, ResumeError.
    """
    attempts, pointer = config.attempts_made(), work / "plan.json"
    began = json.loads(pointer.read_text(encoding="utf-8")) if pointer.is_file() else None
    if began:
        _refuse_change(began["inputs"], _files(config.sources_made(), attempts))
        folder = work / began["folder"]
        if (folder / "plan.json").is_file():
            return _opened(folder, began["address"])
    # From here on a dataset that grows on the Hub is the one it is now.
    sources = [source.pinned() for source in config.sources_made()]
    inputs = [{"path": f, "sha256": sha256_of(Path(f))} for f in _files(sources, attempts)]
    sha256s = {entry["path"]: entry["sha256"] for entry in inputs}
    address = plan_address(config, sources, sha256s, _most(config))
    folder = open_store(config, work).plans / address[:40]
    if not (folder / "plan.json").is_file():
        _write_plan(config, sources, folder)
    inside = folder.is_relative_to(work)  # so that a build's folder may be moved
    place = folder.relative_to(work) if inside else folder
    write_json(pointer, {"inputs": inputs, "address": address, "folder": str(place)})
    return _opened(folder, address)


def planned_in(work: Path) -> Path | None:
    """The folder of chunk inputs of the build in `work`; None where there is none."""
    pointer = work / "plan.json"
    if not pointer.is_file():
        return None
    folder = work / json.loads(pointer.read_text(encoding="utf-8"))["folder"]
    return folder if folder.is_dir() else None


def _write_plan(config: BuildConfig, sources: Sequence[Source], folder: Path) -> None:
    """Read everything once and write it as chunk inputs into the folder, which appears whole."""
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    dropped: list[Dropped] = []
    counts: Counter[str] = Counter()
    brought = _read_attempts(config.attempts_made(), dropped)
    problems = _read_problems(sources, _most(config), dropped)
    chunks = [
        _write_chunk(partial, number, batch, brought, counts)
        for number, batch in enumerate(_batched(problems, config.chunk_size, config.limit))
    ]
    _unmatched(brought, config, dropped)
    if not chunks:
        shutil.rmtree(partial)
        reasons = Counter(d.reason for d in dropped if d.stage == "source")
        raise InputError(f"the sources hold no usable problem; dropped: {dict(reasons)}")
    lines = "".join(canonical_json(asdict(d)) + "\n" for d in dropped)
    (partial / _DROPPED).write_text(lines, encoding="utf-8")
    counts.update(f"dropped.{d.stage}.{d.reason}" for d in dropped)
    content = {"chunks": [asdict(chunk) for chunk in chunks], "counts": dict(sorted(counts.items()))}
    write_json(partial / "plan.json", {**content, "first": _first(chunks, config.limit)})
    shutil.rmtree(folder, ignore_errors=True)  # without its plan.json: nobody's
    try:
        partial.replace(folder)
    except OSError:
        # Another build planned the same just now.
        if not (folder / "plan.json").is_file():
            raise
        shutil.rmtree(partial, ignore_errors=True)


def _opened(folder: Path, address: str) -> Plan:
    saved = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    chunks = tuple(ChunkInput(**{**c, "path": str(folder / c["path"])}) for c in saved["chunks"])
    return Plan(chunks, saved["counts"], str(folder / _DROPPED), saved["first"], address)


def _first(chunks: Sequence[ChunkInput], limit: int | None) -> int:
    """How many chunks hold the first `limit` problems; 0 without a limit."""
    ends = itertools.accumulate(chunk.problems for chunk in chunks)
    return sum(end <= limit for end in ends) or len(chunks) if limit else 0


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


def _refuse_change(before: Sequence[Mapping[str, str]], files: Sequence[str]) -> None:
    """ResumeError where the files that the config names now do not hold what the build began with.

    `data_dir` and the build's own folder may have moved since.
    """
    for path, entry in zip(files, before, strict=False):
        if sha256_of(Path(path)) != entry["sha256"]:
            raise ResumeError(
                f"{path} has changed since this build began; build into another folder with --out (with the same "
                "run.store or run.journal it costs only what is new)"
            )
    if len(files) != len(before):
        raise ResumeError(
            f"the config names {len(files)} input files, this build began with {len(before)}; "
            "build into another folder with --out"
        )


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
    """Chunks of `size` on average, at most twice that; one ends at the limit, so that what is behind it is in reserve.

    Where a chunk ends is decided by the ids in it, so that a new problem changes the chunk it falls into and
    no other.
    """
    least = -(-size // 2)
    batch: list[Problem] = []
    for number, problem in enumerate(problems, 1):
        batch.append(problem)
        ends = len(batch) >= least and seed_of("chunk", problem.id) % (size - least + 1) == 0
        if ends or len(batch) == 2 * size or number == limit:
            yield batch
            batch = []
    if batch:
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
