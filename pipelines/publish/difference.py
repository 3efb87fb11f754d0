"""What a commit must change so that a repository holds exactly one version's files."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.publish.bundle import MANIFEST, Bundle, LocalFile, without_run
from pipelines.publish.repository import RemoteFile
from schemas.exceptions import InputError


@dataclass(frozen=True)
class Difference:
    """The changes from a commit to a bundle."""

    parent: str
    add: tuple[LocalFile, ...]
    """Files that are new or have changed."""
    delete: tuple[str, ...]
    """Files of an older version that this one has not."""
    unchanged: tuple[LocalFile, ...]

    def __bool__(self) -> bool:
        return bool(self.add or self.delete)

    @property
    def bytes(self) -> int:
        """Size of the files to add."""
        return sum(file.bytes for file in self.add)


def difference(
    bundle: Bundle, parent: str, remote: Mapping[str, RemoteFile], manifest_text: Callable[[], str]
) -> Difference:
    """What turns the commit `parent` into the bundle; `manifest_text` reads its manifest.

    InputError where files would be deleted that no earlier publication can have written.
    """
    changed = [f for f in bundle.files if f.path not in remote or not same(f, remote[f.path])]
    delete = sorted(set(remote) - {f.path for f in bundle.files})
    if delete and MANIFEST not in remote:
        raise InputError(
            f"the repository holds {len(delete)} files that were not published from here ({delete[0]}, …; it has "
            f"no {MANIFEST}) and would be deleted: name another repository, or delete them yourself first"
        )
    only_manifest = [f.path for f in changed] == [MANIFEST] and MANIFEST in remote and not delete
    if only_manifest and _same_manifest(bundle, manifest_text()):
        changed = []
    paths = {f.path for f in changed}
    return Difference(
        parent, tuple(changed), tuple(delete), tuple(f for f in bundle.files if f.path not in paths)
    )


def same(file: LocalFile, remote: RemoteFile) -> bool:
    """Whether a published file has a local one's content, by the hash that the Hub keeps of it."""
    if remote.sha256 is not None:
        return remote.sha256 == file.sha256
    return remote.blob == _git_hash(file)


def _git_hash(file: LocalFile) -> str:
    content = file.at.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _same_manifest(bundle: Bundle, published: str) -> bool:
    """Whether two manifests differ only in what they say of their runs."""
    try:
        there = json.loads(published)
    except ValueError:
        return False
    here = json.loads((bundle.folder / MANIFEST).read_text(encoding="utf-8"))
    return isinstance(there, dict) and without_run(there) == without_run(here)
