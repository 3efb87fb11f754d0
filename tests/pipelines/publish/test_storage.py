"""Versions in a folder or an object store: the old one or the new one, and nothing sent twice."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from datasets import load_dataset
from fsspec.implementations.memory import MemoryFileSystem

from pipelines.files import sha256_of
from pipelines.publish.options import PublishOptions
from pipelines.publish.publication import publish
from pipelines.publish.published import Published
from schemas.exceptions import ConfigError, PublishError
from tests.hub.versions import write_version
from tests.pipelines.publish.conftest import Place


class Failing(MemoryFileSystem):  # type: ignore[misc]
    """An object store whose writes fail when they are told to."""

    protocol = "failing"
    store: dict[str, object] = {}
    pseudo_dirs = [""]
    puts = 0
    fail_at = -1

    def put_file(self, lpath: str, rpath: str, **kwargs: object) -> None:
        """The store's own, unless it is time to fail."""
        Failing.puts += 1
        if Failing.puts == Failing.fail_at:
            raise OSError("the store went away: https://user:topsecret@store/x?Signature=topsecret")
        super().put_file(lpath, rpath, **kwargs)


fsspec.register_implementation("failing", Failing, clobber=True)


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    return write_version(tmp_path / "one", 1), write_version(tmp_path / "two", 2)


@pytest.fixture(params=["folder", "memory"])
def to(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield str(tmp_path / "sets" / "x")
        return
    yield "memory://sets/x"
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


def sent(folder: Path, to: str, tag: str = "") -> tuple[Published, list[str]]:
    said: list[str] = []
    return publish(folder, PublishOptions(to=to, tag=tag), say=said.append), said


def text(to: str, path: str) -> str:
    with fsspec.open(f"{to}/{path}", "rt") as file:
        return str(file.read()).strip()


def test_a_second_version_shares_what_is_the_same_and_both_stay(to: str, versions: tuple[Path, Path]) -> None:
    first, _ = sent(versions[0], to, tag="one")
    second, _ = sent(versions[1], to, tag="two")
    assert first.committed and second.committed and first.revision != second.revision
    assert (text(to, "tags/one"), text(to, "tags/two")) == (first.revision, second.revision)
    fs, root = fsspec.core.url_to_fs(to)
    for folder, done in zip(versions, (first, second), strict=True):
        for path in folder.rglob("*.*"):
            name = path.relative_to(folder)
            if "dropped" not in name.parts:
                assert fs.cat_file(f"{root}/versions/{done.revision}/{name}") == path.read_bytes()
    if to.startswith("/"):
        assert Path(to, "latest").resolve().name == second.revision
        loaded = load_dataset(f"{to}/latest", "sft", cache_dir=str(versions[0].parent / "cache"))
        assert {split: len(rows) for split, rows in loaded.items()} == {"train": 10, "test": 5}
    else:
        assert text(to, "latest") == f"versions/{second.revision}"


def test_the_same_version_again_sends_nothing_and_an_old_one_can_be_latest_again(
    to: str, versions: tuple[Path, Path]
) -> None:
    first, _ = sent(versions[0], to)
    again, _ = sent(versions[0], to)
    assert not again.committed and again.uploaded == 0 and again.revision == first.revision
    sent(versions[1], to)
    back, said = sent(versions[0], to)
    assert back.committed and back.uploaded == 0
    assert f"latest is {first.revision}" in said


def test_a_dry_run_writes_nothing(to: str, versions: tuple[Path, Path]) -> None:
    done = publish(versions[0], PublishOptions(to=to, tag="x"), dry_run=True, say=lambda _: None)
    assert (done.committed, done.uploaded) == (False, 7)
    fs, root = fsspec.core.url_to_fs(to)
    assert not fs.exists(root)


def test_a_tag_never_moves(to: str, versions: tuple[Path, Path]) -> None:
    sent(versions[0], to, tag="x")
    with pytest.raises(ConfigError, match="tag 'x' names version"):
        sent(versions[1], to, tag="x")


def test_a_store_that_fails_keeps_the_old_version_and_what_it_has(versions: tuple[Path, Path]) -> None:
    old, _ = sent(versions[0], "failing://sets/x")
    for fails_at, left in ((1, 7), (2, 6), (1, 6)):
        Failing.puts, Failing.fail_at = 0, fails_at
        with pytest.raises(PublishError, match="the same command goes on") as error:
            sent(versions[1], "failing://sets/x")
        assert "topsecret" not in str(error.value)
        assert text("failing://sets/x", "latest") == f"versions/{old.revision}"
        # Whatever of the new version is there has no manifest, so nobody takes it for whole.
        assert not [p for p in Failing.store if p.endswith("manifest.json") and old.revision not in p]
        Failing.fail_at = -1
        done = publish(versions[1], PublishOptions(to="failing://sets/x"), dry_run=True, say=lambda _: None)
        assert done.uploaded == left
    Failing.puts = 0
    done, _ = sent(versions[1], "failing://sets/x")
    assert text("failing://sets/x", "latest") == f"versions/{done.revision}"
    # One shard is copied inside the store, one had arrived, and the manifest is written by itself.
    assert Failing.puts == 4


def test_bytes_that_arrive_otherwise_are_removed_and_sent_again(to: str, versions: tuple[Path, Path]) -> None:
    done, _ = sent(versions[0], to)
    fs, root = fsspec.core.url_to_fs(to)
    path = f"{root}/versions/{done.revision}/data/sft/test-00000-of-00001.parquet"
    fs.rm_file(f"{root}/versions/{done.revision}/manifest.json")
    fs.pipe_file(path, b"x" * fs.size(path))  # of the right size, as a damaged disk leaves it
    with pytest.raises(PublishError, match="does not hold the bytes"):
        sent(versions[0], to)
    again, _ = sent(versions[0], to)
    assert again.uploaded == 2
    assert fs.cat_file(path) == (versions[0] / "data/sft/test-00000-of-00001.parquet").read_bytes()


def test_a_folder_survives_ten_kills(place: Place, tmp_path: Path) -> None:
    rng = random.Random(3)
    many = write_version(tmp_path / "many", 2, {"sft/train": 40}, text_bytes=400)
    places = (tmp_path / f"sets-{number}" for number in range(10))
    to, killed = next(places), 0
    old, _ = sent(place.old, str(to))
    for _ in range(10):
        run = place.publishers.start(many, to=str(to))
        wanted = rng.randint(0, 3)
        while run.running() and run.text.count("sent ") < wanted:
            time.sleep(0.001)
        os.kill(run.pid, signal.SIGKILL)
        if run.wait().code == 0:
            # Finished before the kill, on a busy machine: begin another.
            to = next(places)
            sent(place.old, str(to))
            continue
        killed += 1
        assert Path(to, "latest").readlink().name == old.revision
    assert killed >= 5
    ended = place.publishers.start(many, to=str(to)).wait()
    assert ended.code == 0, ended.text
    for path in many.rglob("*.parquet"):
        if "dropped" not in path.parts:
            assert sha256_of(to / "latest" / path.relative_to(many)) == sha256_of(path)
    assert place.publishers.start(many, to=str(to)).wait().result["committed"] is False
