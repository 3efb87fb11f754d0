"""A version in a folder or object store: any address that fsspec knows.

    TARGET/versions/<id>/data/…, README.md, manifest.json    one folder a version, never changed again
    TARGET/tags/<tag>                                        a text file: the id of the version
    TARGET/latest                                            a link to versions/<id>; a text file with that
                                                             path where the storage has no links

`<id>` is the hash of the content, so the same build has the same folder and is sent once. A version's files come
first, its manifest after all of them has been read back and agrees with its hash, `latest` last. What is promised:
a reader who follows `latest`, or takes a version that has a manifest, never sees a mixture or a part; a kill leaves
`latest` at the old version, and the same command sends only what is missing. Files that the version before has too
are copied inside the storage. What is not: that two publishers at once agree on which of their versions is `latest`
(each version is whole in any case), and old versions are never deleted.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.publish.bundle import MANIFEST, Bundle, LocalFile
from pipelines.publish.options import PublishOptions
from pipelines.publish.patience import Say
from pipelines.publish.published import Published
from pipelines.publish.redaction import redacted
from schemas.exceptions import ConfigError, CorrigendaError, PublishError
from schemas.family import nearest

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_ID_DIGITS = 16
_BLOCK = 1 << 20


@dataclass(frozen=True)
class _Target:
    """The place that versions are in."""

    fs: "AbstractFileSystem"
    root: str
    local: bool

    def at(self, *parts: str) -> str:
        return "/".join((self.root.rstrip("/"), *parts))

    def read(self, *parts: str) -> str:
        """A small text file; empty where there is none."""
        path = self.at(*parts)
        return str(self.fs.cat_file(path).decode("utf-8")).strip() if self.fs.isfile(path) else ""

    def latest(self) -> str:
        """Id of the newest version; empty where there is none."""
        link = Path(self.at("latest"))
        if self.local and link.is_symlink():
            return link.readlink().name
        return self.read("latest").rpartition("/")[2]

    def point(self, version: str) -> None:
        """Make a version the newest, in one step."""
        if not self.local:
            self.fs.pipe_file(self.at("latest"), f"versions/{version}\n".encode())
            return
        partial = Path(self.at(f".latest.{os.getpid()}.partial"))
        partial.unlink(missing_ok=True)
        partial.symlink_to(Path("versions", version))
        partial.replace(self.at("latest"))


def publish_to_storage(bundle: Bundle, options: PublishOptions, *, dry_run: bool, say: Say) -> Published:
    """Bring a bundle to `options.to`. ConfigError for an address fsspec does not know or a tag that another
    version has, PublishError where the storage fails or gives back other bytes."""
    target = _open(options.to)
    version, tag = bundle.content[:_ID_DIGITS], options.tag_for(bundle.content)
    try:
        return _publish(bundle, target, options.to, version, tag, dry_run, say)
    except CorrigendaError:
        raise
    except Exception as error:  # every storage raises its own
        said = redacted(str(error) or type(error).__name__)
        raise PublishError(
            f"{options.to}: {said}. Nothing is lost: the same command goes on with what is not yet there"
        ) from None


def _open(url: str) -> _Target:
    import fsspec

    try:
        fs, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise ConfigError(f"{url} needs a package that is not installed: {error}") from None
    except ValueError as error:
        protocol = url.partition("://")[0]
        raise ConfigError(f"{url}: {error}{nearest(protocol, fsspec.available_protocols())}") from None
    return _Target(fs, str(root), "file" in fs.protocol or fs.protocol == "file")


def _publish(
    bundle: Bundle, target: _Target, where: str, version: str, tag: str, dry_run: bool, say: Say
) -> Published:
    tagged = target.read("tags", tag) if tag else ""
    if tagged not in ("", version):
        raise ConfigError(
            f"tag {tag!r} names version {tagged} already, and this version is {version}: choose another tag"
        )
    whole = target.fs.isfile(target.at("versions", version, MANIFEST))
    missing = [] if whole else _missing(bundle, target, version)
    say(
        f"version {version}: {len(missing)} files to send ({sum(f.bytes for f in missing):,} bytes), "
        f"{len(bundle.files) - len(missing)} there"
    )
    changed = not whole or target.latest() != version or (bool(tag) and not tagged)
    done = Published(
        where=where,
        revision=version,
        tag=tag,
        committed=changed and not dry_run,
        uploaded=len(missing),
        uploaded_bytes=sum(f.bytes for f in missing),
        unchanged=len(bundle.files) - len(missing),
        verified={} if whole or dry_run else bundle.rows(),
    )
    if dry_run:
        say("dry run: nothing was changed")
        return done
    if not whole:
        _send(bundle, target, version, missing, say)
    if tag and not tagged:
        _write(target, f"{version}\n", "tags", tag)
    if target.latest() != version:
        target.point(version)
        say(f"latest is {version}")
    return done


def _missing(bundle: Bundle, target: _Target, version: str) -> list[LocalFile]:
    """Files that are not there in their size; the hash is checked when all are. The manifest never counts."""
    return [f for f in bundle.files if _size(target, target.at("versions", version, f.path)) != f.bytes]


def _size(target: _Target, path: str) -> int:
    return int(target.fs.size(path)) if target.fs.isfile(path) else -1


def _send(bundle: Bundle, target: _Target, version: str, missing: list[LocalFile], say: Say) -> None:
    before = _hashes(target, target.latest())
    for number, file in enumerate((f for f in missing if f.path != MANIFEST), start=1):
        place = target.at("versions", version, file.path)
        _make_folder(target, place)
        source = before.get(file.path)
        if source is not None and source[1] == file.sha256:
            target.fs.copy(source[0], place)
        else:
            target.fs.put_file(str(file.at), place)
        say(f"sent {number} of {len(missing)} files: {file.path}")
    for file in bundle.files:
        if file.path != MANIFEST:
            _read_back(target, version, file)
    say("read every file back: the bytes are the same")
    _write(target, (bundle.folder / MANIFEST).read_text(encoding="utf-8"), "versions", version, MANIFEST)


def _hashes(target: _Target, version: str) -> Mapping[str, tuple[str, str]]:
    """Where the shards of a version are, and their hashes, by path; none where it has no manifest."""
    import json

    if not version or not (text := target.read("versions", version, MANIFEST)):
        return {}
    files = json.loads(text).get("files", [])
    return {f["path"]: (target.at("versions", version, f["path"]), f["sha256"]) for f in files}


def _read_back(target: _Target, version: str, file: LocalFile) -> None:
    place = target.at("versions", version, file.path)
    digest = hashlib.sha256()
    with target.fs.open(place, "rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != file.sha256:
        target.fs.rm_file(place)  # so that the next run sends it again
        raise PublishError(
            f"{place} does not hold the bytes that were sent ({digest.hexdigest()[:12]} instead of "
            f"{file.sha256[:12]}): removed; publish again"
        )


def _write(target: _Target, text: str, *parts: str) -> None:
    """A small text file, whole: under another name first where a write can be seen half done."""
    place = target.at(*parts)
    _make_folder(target, place)
    if target.local:
        partial = Path(place).with_name(f".{Path(place).name}.{os.getpid()}.partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(place)
    else:
        target.fs.pipe_file(place, text.encode("utf-8"))


def _make_folder(target: _Target, place: str) -> None:
    target.fs.makedirs(place.rpartition("/")[0], exist_ok=True)
