"""The build's folder: may this config go on there?"""

import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.config import BuildConfig
from pipelines.config_file import first_difference
from pipelines.doctor.base import Situation
from pipelines.findings import Finding, Kind
from schemas.exceptions import ConfigError

FINE = Kind("folder.ok", "ok", "The folder is empty, or holds a build of this config.")
RUNNING = Kind(
    "folder.in_use",
    "note",
    "A build is running in this folder; another one there would be refused.",
    "Wait for it. docs/operations.md says how to read its log.",
)
OTHER = Kind(
    "folder.other_config",
    "error",
    "The folder holds a build of another config, so that this one would be refused: rows of two configs must not mix.",
    "Use the old value, or another --out. The journal may be shared (`run.journal`), so nothing is bought twice.",
)
FOREIGN = Kind(
    "folder.foreign",
    "error",
    "The folder is not empty and holds no build.",
    "Give another --out.",
)
BROKEN = Kind(
    "folder.unreadable",
    "error",
    "What an earlier build left in the folder cannot be read.",
    "Give the right to read it; where work/config.json is damaged, take another --out and name this build's journal in "
    "`run.journal`: nothing is bought twice.",
)


def look(at: Situation) -> Iterator[Finding]:
    """The folder that --out names."""
    if at.out is None:
        return
    try:
        found = list(_about(at.out, at.config))
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield BROKEN.found(f"{at.out}: {error}")
        return
    yield from found or [FINE.found(str(at.out))]


def _about(out: Path, config: BuildConfig | None) -> Iterator[Finding]:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    saved = out / "work" / "config.json"
    if not saved.is_file():
        yield FOREIGN.found(str(out))
        return
    if _locked(out / "work" / "lock"):
        yield RUNNING.found(str(out))
    before = json.loads(saved.read_text(encoding="utf-8"))["config"]
    if config is None or not (out / "work" / "plan.json").is_file():
        return
    try:
        difference = first_difference(before, config.identity())
    except ConfigError:
        return  # the check of the config says so
    if difference:
        yield OTHER.found(f"{out}: {difference}")


def _locked(lock: Path) -> bool:
    """Whether a process of this machine holds the lock. Looked up and not tried: a build that begins just then
    must not be turned away."""
    locks = Path("/proc/locks")
    if not lock.is_file() or not locks.is_file():
        return False
    number = str(lock.stat().st_ino)
    lines = (line.split() for line in locks.read_text(encoding="ascii").splitlines())
    return any("FLOCK" in parts and any(part.endswith(f":{number}") for part in parts) for parts in lines)
