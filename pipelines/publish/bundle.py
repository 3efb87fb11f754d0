"""What is published of a build's folder: the files, checked against the manifest before anything is sent."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pipelines.files import sha256_of
from pipelines.publish.redaction import holds_token
from schemas.exceptions import InputError
from schemas.ids import content_hash
from schemas.manifest import Manifest

MANIFEST = "manifest.json"
ROOT_FILES = ("README.md", "report.html", MANIFEST)
"""The files beside the folders; the report only where the build has one."""
OWNED_FOLDERS = ("data/", "dropped/")
"""Whatever an older version has here and this one has not is deleted by the commit that publishes this one."""
RUN_FIELDS = ("spent", "incidents", "packages")
"""What a manifest says of the run that wrote it. Builds that differ in nothing else are the same dataset."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file to be published; `path` is its name there."""

    path: str
    at: Path
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Bundle:
    """The files of one version."""

    folder: Path
    manifest: Manifest
    files: tuple[LocalFile, ...]
    content: str
    """Hash of all files, with the manifest's run fields left out: the same for builds of the same bytes."""

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)

    def splits(self) -> dict[str, list[LocalFile]]:
        """The shards by `config/split`, in order."""
        by_path = {file.path: file for file in self.files}
        found: dict[str, list[LocalFile]] = {}
        for file in self.manifest.files:
            found.setdefault(f"{file.table}/{file.split}", []).append(by_path[file.path])
        return found

    def rows(self) -> dict[str, int]:
        """Rows by `config/split`, as the manifest counts them."""
        found: dict[str, int] = {}
        for file in self.manifest.files:
            name = f"{file.table}/{file.split}"
            found[name] = found.get(name, 0) + file.rows
        return found


def owned(path: str) -> bool:
    """Whether a published file is ours to replace or delete."""
    return path in ROOT_FILES or path.startswith(OWNED_FOLDERS)


def without_run(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest's JSON without what it says of its run."""
    return {key: value for key, value in manifest.items() if key not in RUN_FIELDS}


def read_bundle(folder: Path, dropped: bool = False) -> Bundle:
    """The files to publish. InputError where the build is unfinished, damaged, or failed a quality gate."""
    content = _manifest_json(folder)
    manifest = _manifest(folder, content)
    _refuse_failed_gates(manifest)
    if not (folder / "README.md").is_file():
        raise InputError(f"{folder} has no README.md: a dataset is published with its card; {_again(folder)}")
    shards = [_shard(folder, f.path, f.bytes, f.sha256) for f in manifest.files]
    _check_card(folder, manifest)
    others = sorted((folder / "dropped").glob("*.parquet")) if dropped else []
    others += [folder / name for name in ROOT_FILES if (folder / name).is_file()]
    files = [*shards, *(_measured(folder, path) for path in others)]
    _refuse_tokens(files)
    hashes = sorted((f.path, f.sha256) for f in files if f.path != MANIFEST)
    return Bundle(folder, manifest, tuple(files), content_hash([hashes, without_run(content)]))


def _manifest_json(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            f"{folder} holds no finished build: there is no {path}. Finish it with `corrigenda build … --out "
            f"{folder}`; its summary says what is missing"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is no JSON ({error}); {_again(folder)}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path} is no manifest, it holds {type(content).__name__}; {_again(folder)}")
    return content


def _manifest(folder: Path, content: Mapping[str, Any]) -> Manifest:
    try:
        return Manifest.from_json(content)
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{folder / MANIFEST} is no manifest of this version ({error}); {_again(folder)}"
        ) from None


def _refuse_failed_gates(manifest: Manifest) -> None:
    failed = [gate for gate in manifest.gates if not gate.passed]
    if failed:
        raise InputError(
            f"not published: {len(failed)} of {len(manifest.gates)} quality gates failed. "
            + " ".join(f"{gate.gate}: {gate.said}" for gate in failed)
            + " Everything built is kept: mend the cause and build again, or change the gate in the config"
        )


def _shard(folder: Path, path: str, size: int, sha256: str) -> LocalFile:
    at = folder / path
    if not at.is_file():
        raise InputError(f"{at} is missing, {MANIFEST} names it; {_again(folder)}")
    if at.stat().st_size != size or (found := sha256_of(at)) != sha256:
        found = "another size" if at.stat().st_size != size else found[:12]
        raise InputError(
            f"{at} is not the file that {MANIFEST} names (wanted {sha256[:12]}, found {found}): damaged or edited "
            f"after the build; {_again(folder)}"
        )
    return LocalFile(path, at, size, sha256)


def _measured(folder: Path, at: Path) -> LocalFile:
    return LocalFile(at.relative_to(folder).as_posix(), at, at.stat().st_size, sha256_of(at))


def _again(folder: Path) -> str:
    return f"run the build again with --out {folder}: it restores what is missing from its journal"


def _check_card(folder: Path, manifest: Manifest) -> None:
    """The card's YAML must name exactly the manifest's shards: it decides what `load_dataset` finds."""
    listed = _listed(folder)
    if listed is None:
        return
    for config, split, patterns in listed:
        wanted = {f.path for f in manifest.files if (f.table, f.split) == (config, split)}
        found = {f.path for f in manifest.files if any(fnmatchcase(f.path, p) for p in patterns)}
        if wanted != found or not wanted:
            raise InputError(
                f"{folder / 'README.md'}: split {split!r} of config {config!r} names {len(found)} of the build's "
                f"files, {len(wanted)} belong to it; {_again(folder)}"
            )
    missing = {(f.table, f.split) for f in manifest.files} - {(c, s) for c, s, _ in listed}
    if missing:
        named = ", ".join("/".join(pair) for pair in sorted(missing))
        raise InputError(f"{folder / 'README.md'} names no files for {named}; {_again(folder)}")


def _listed(folder: Path) -> list[tuple[str, str, list[str]]] | None:
    """Config, split and patterns of the card's `configs`; None where it writes them in a form not read here."""
    import yaml

    parts = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    try:
        header = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0] else {}
        return [
            (config["config_name"], files["split"], _several(files["path"]))
            for config in (header or {}).get("configs", [])
            for files in config["data_files"]
        ]
    except yaml.YAMLError as error:
        raise InputError(f"{folder / 'README.md'} begins with what is no YAML: {error}") from None
    except (AttributeError, KeyError, TypeError):
        return None


def _several(written: str | list[str]) -> list[str]:
    return [written] if isinstance(written, str) else written


def _refuse_tokens(files: Iterable[LocalFile]) -> None:
    for file in files:
        if file.path in ROOT_FILES and holds_token(file.at.read_text(encoding="utf-8", errors="replace")):
            raise InputError(
                f"{file.at} holds what looks like an access token: not published. Remove it, and revoke the token "
                "where others could read the file"
            )
