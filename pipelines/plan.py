"""Planning: sources and attempts are read once and written as chunk inputs.

Plans are kept by what they were made of; `plan.json` in a build's work folder names its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.attempts_file import AttemptsFile
from generators.sources.base import Source
from pipelines.address import plan_address
from pipelines.chunk_input import ChunkInput
from pipelines.config import BuildConfig
from pipelines.files import sha256_of, write_json
from pipelines.plan_writing import DROPPED, most_planned, write_plan
from pipelines.store import folder_name, open_store
from schemas.dropped import Dropped
from schemas.exceptions import ResumeError


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
    address = plan_address(config, sources, sha256s, most_planned(config))
    folder = open_store(config, work).plans / folder_name(address)
    if not (folder / "plan.json").is_file():
        write_plan(config, sources, folder)
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


def _opened(folder: Path, address: str) -> Plan:
    saved = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    chunks = tuple(ChunkInput(**{**c, "path": str(folder / c["path"])}) for c in saved["chunks"])
    return Plan(chunks, saved["counts"], str(folder / DROPPED), saved["first"], address)


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
