"""A folder that is built again and again: what is new since the last time, and nothing else.

    ROOT/store/                              journal, chunk results, plans, verdicts (or where `run.store` says)
    ROOT/builds/2026-11-21-b-3f0c…/          a dataset a build, named by day and build id
    ROOT/latest.json                         the newest finished one, and where it was published
    ROOT/lock                                held while a run goes on; it ends with its process

A run makes the plan of today's sources and asks for the models' fingerprints; the build id of both says
whether there is anything to do. A run that died left its folder: the next one finds it by the same id and goes on.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.build import already_finished, claim, identify
from pipelines.changes import changes_since, tells_changes
from pipelines.config import BuildConfig
from pipelines.files import write_json
from pipelines.plan import make_plan
from pipelines.pruning import prune
from schemas.exceptions import OverlapError
from schemas.manifest import Manifest


@dataclass(frozen=True)
class Tonight:
    """What a run of the folder has to do."""

    folder: Path
    """Of the build: a new one, one to go on with, or the finished one."""
    finished: Manifest | None
    """Where this very build is finished already: nothing is new."""
    resumed: bool
    """Whether an earlier run began it."""


@contextmanager
def only_run_in(root: Path) -> Iterator[None]:
    """Hold the folder's lock; OverlapError where another run has it."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OverlapError(f"another run is going on in {root}; this one did nothing") from None
        yield


def placed(config: BuildConfig, root: Path) -> BuildConfig:
    """The config with the folder's store, unless it names one."""
    if config.run.store:
        return config
    run = config.run.model_copy(update={"store": _own_store(root)})
    return config.model_copy(update={"run": run})


def _own_store(root: Path) -> str:
    return str(root.resolve() / "store")


def look(config: BuildConfig, root: Path) -> Tonight:
    """Plan today's sources and see what is to be done. InputError, ConfigError."""
    scratch = root / "tonight"
    shutil.rmtree(scratch, ignore_errors=True)
    plan = make_plan(config, scratch)
    name = identify(config, plan)
    builds = root / "builds"
    there = sorted(builds.glob(f"*-{name}"))
    folder = there[0] if there else builds / f"{datetime.now(UTC):%Y-%m-%d}-{name}"
    finished = already_finished(folder, name)
    if finished is None:
        claim(folder, config)
        # The sources as they were looked at just now, also where one grows meanwhile.
        shutil.copyfile(scratch / "plan.json", folder / "work" / "plan.json")
        if (scratch / "scratch").is_dir():  # a store at a URL has its plans here
            shutil.copytree(scratch / "scratch", folder / "work" / "scratch", dirs_exist_ok=True)
    shutil.rmtree(scratch, ignore_errors=True)
    return Tonight(folder, finished, bool(there))


def before(root: Path, folder: Path) -> Path | None:
    """The finished build to compare with: the last that was published, else the one before; None without any."""
    said = latest(root)
    for name in (said.get("last_published"), said.get("folder"), said.get("before")):
        path = root / "builds" / str(name)
        if name and path != folder and (path / "manifest.json").is_file():
            return path
    return None


def settle(config: BuildConfig, root: Path, folder: Path, manifest: Manifest) -> str:
    """Make a finished build the newest one; returns what changed, in Markdown, where its card did not say so yet.

    Superseded builds are removed, and what they alone had in the folder's own store. May be killed anywhere: the next
    run finds the build finished and settles it.
    """
    previous = before(root, folder)
    changes = changes_since(previous, folder) if previous and not tells_changes(folder) else ""
    if latest(root).get("folder") != folder.name:
        older = previous.name if previous else ""
        note(root, folder=folder.name, build_id=manifest.build_id, published={}, before=older)
        _remove_superseded(root)
        if config.run.store == _own_store(root):
            prune(Path(config.run.store), (root / "builds").iterdir())
    return changes


def latest(root: Path) -> dict[str, Any]:
    """What `latest.json` says; empty where nothing is finished yet."""
    path = root / "latest.json"
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return said


def note(root: Path, **facts: object) -> None:
    """Write facts into `latest.json`, whole."""
    write_json(root / "latest.json", {**latest(root), **facts})


KEEP = 7
"""Finished builds that stay beside the newest one, with what they are made of."""


def _remove_superseded(root: Path) -> None:
    """Builds that died and that a newer one has replaced, and the oldest finished ones."""
    said = latest(root)
    needed = {str(said.get(name)) for name in ("folder", "before", "last_published")}
    others = [folder for folder in (root / "builds").iterdir() if folder.name not in needed]
    finished = sorted((folder for folder in others if (folder / "manifest.json").is_file()), key=_age)
    for folder in {*others} - {*finished[-KEEP:]}:
        shutil.rmtree(folder, ignore_errors=True)


def _age(folder: Path) -> tuple[str, float]:
    """Sorts finished builds; several of one day differ in their names only by a hash."""
    return folder.name[: len("2026-11-21")], (folder / "manifest.json").stat().st_mtime
