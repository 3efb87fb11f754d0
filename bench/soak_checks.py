"""What a night of `bench.soak` must have come to, from an undisturbed plain build of the same inputs."""

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import sha256_of
from tests.building import built
from tests.commands import hashes
from tests.journals import keys_in

Ids = dict[str, Counter[str]]


@dataclass(frozen=True)
class Expected:
    """The plain build."""

    files: dict[str, str]
    """SHA-256 of every file of `data/`."""
    ids: Ids
    """Row ids of every table and split."""
    bought: set[str]
    """Keys of its journal."""

    def is_published(self, root: Path, published: Path) -> bool:
        """Whether the night is done: built, published, and noted as such."""
        folder = newest(root)
        latest = published / "latest"
        return folder is not None and hashes(folder) == self.files == hashes(latest) and bool(_said(root))


def expected(config: Path, out: Path) -> Expected:
    """Build plainly, in a folder that is used for nothing else."""
    shutil.rmtree(out, ignore_errors=True)
    assert built(config, out, "policy.engine.delay_s=0").manifest is not None
    return Expected(hashes(out), ids_in(out), set(keys_in(out / "work" / "journal")))


def ids_in(folder: Path) -> Ids:
    """Row ids of every file of a dataset."""
    import pyarrow.parquet as pq

    return {
        str(path.relative_to(folder)): Counter(pq.read_table(path, columns=["id"])["id"].to_pylist())
        for path in sorted((folder / "data").rglob("*.parquet"))
    }


def newest(root: Path) -> Path | None:
    """The newest finished build of the folder."""
    latest = root / "latest.json"
    return root / "builds" / json.loads(latest.read_text())["folder"] if latest.is_file() else None


def _said(root: Path) -> object:
    return json.loads((root / "latest.json").read_text())["published"]


def defects_of(root: Path, published: Path, wanted: Expected, bought: set[str]) -> list[str]:
    """What differs from the plain build; `bought` are the keys that the plain builds of all nights bought."""
    found = []
    folder = newest(root)
    if folder is None:
        return ["nothing was built"]
    if hashes(folder) != wanted.files:
        found.append(f"other bytes in {folder.name}")
    there = ids_in(folder)
    for name in {*there, *wanted.ids}:
        have, want = there.get(name, Counter()), wanted.ids.get(name, Counter())
        lost, doubled = want - have, sum(number - 1 for number in have.values())
        if lost or doubled or have - want:
            found.append(
                f"{name}: {lost.total()} rows lost, {doubled} doubled, {(have - want).total()} strange"
            )
    keys = keys_in(root / "store" / "journal")
    if doubled := sum(number - 1 for number in keys.values()):
        found.append(f"{doubled} completions bought twice")
    if lost_keys := bought - set(keys):
        found.append(f"{len(lost_keys)} completions lost")
    if strange := set(keys) - bought:
        found.append(f"{len(strange)} completions that the plain build does not need")
    if torn := torn_publication(published):
        found.append(torn)
    if not wanted.is_published(root, published):
        found.append("not published")
    found += [f"left behind: {path.relative_to(root)}" for path in root.rglob("*.partial")]
    return found


def torn_publication(published: Path) -> str:
    """What is wrong with what readers see; empty where it is whole."""
    latest = published / "latest"
    if latest.is_symlink() and not (latest / "manifest.json").is_file():
        return "`latest` names a version without a manifest"
    for version in published.glob("versions/*/manifest.json"):
        for file in json.loads(version.read_text())["files"]:
            path = version.parent / file["path"]
            if not path.is_file() or sha256_of(path) != file["sha256"]:
                return f"version {version.parent.name} has a manifest and not its {file['path']}"
    return ""
