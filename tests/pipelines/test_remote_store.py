"""A store at a URL: what one machine made another finds, whole, and unfinished work is replaced."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pipelines.chunk_input import ChunkInput, read_chunk
from pipelines.files import sha256_of
from pipelines.remote_store import RemoteStore
from pipelines.store import RECORD, folder_name
from schemas.exceptions import ConfigError
from tests.building import heard
from tests.commands import hashes
from tests.pipelines.test_store import ADDRESS, COUNTS, FILES, keep, write
from tests.s3.server import S3
from tests.s3.world import NEEDS_S3FS, bucket, new_url
from tests.world import write_world


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with bucket() as server:
        yield server


@pytest.fixture(params=["memory", pytest.param("s3", marks=NEEDS_S3FS)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "s3":
        request.getfixturevalue("server")
    return new_url(request.param)


def test_another_machine_finds_a_result_and_has_its_own_copy(url: str, tmp_path: Path) -> None:
    here, there = RemoteStore(url, tmp_path / "here"), RemoteStore(url, tmp_path / "there")
    assert there.find(ADDRESS) is None
    keep(here)
    found = there.find(ADDRESS)
    assert found is not None and found.counts == COUNTS
    assert {name: Path(found.folder, name).read_bytes() for name in found.files} == FILES
    assert Path(found.folder).is_relative_to(tmp_path / "there")
    assert len(list((tmp_path / "there").rglob(f"*/{ADDRESS[:40]}"))) == 1
    assert not list((tmp_path / "there").rglob("*.partial"))


def test_a_result_without_its_record_or_a_file_is_not_there(url: str, tmp_path: Path) -> None:
    here, there = RemoteStore(url, tmp_path / "here"), RemoteStore(url, tmp_path / "there")
    keep(here)
    files, root = fsspec.core.url_to_fs(url)
    files.invalidate_cache()
    record = f"{root}/chunks/{folder_name(ADDRESS)}/{RECORD}"
    one = f"{root}/chunks/{folder_name(ADDRESS)}/{hashlib.sha256(b'one').hexdigest()}-sft.train.parquet"
    content, said = files.cat_file(one), files.cat_file(record)
    for path, damaged in ((record, None), (record, said[:10]), (one, None), (one, content[:-1])):
        files.rm_file(path) if damaged is None else files.pipe_file(path, damaged)
        files.invalidate_cache()
        assert there.find(ADDRESS) is None
        files.pipe_file(record, said)
        files.pipe_file(one, content)
    assert there.find(ADDRESS) is not None


def test_an_unfinished_result_is_replaced_for_every_machine(url: str, tmp_path: Path) -> None:
    here, there = RemoteStore(url, tmp_path / "here"), RemoteStore(url, tmp_path / "there")
    first = here.keep(ADDRESS, write(here.begin(ADDRESS), b""), {**COUNTS, "failed": 1})
    assert first.unfinished and there.find(ADDRESS) is None
    found = there.named(Path(first.folder).name)
    assert found is not None and found.unfinished and found.files == first.files
    keep(there, content=b" more")
    for store in (here, there, RemoteStore(url, tmp_path / "third")):
        found = store.find(ADDRESS)
        assert found is not None and not found.unfinished
        assert Path(found.folder, "sft.train.parquet").read_bytes() == b"one more"


def test_inputs_are_shared_by_content_and_put_once(url: str, tmp_path: Path) -> None:
    line = '{"attempts": [], "problem": {"answer": "2", "statement": "What is 1 + 1?"}}\n'
    path = tmp_path / "chunk-00000.jsonl"
    path.write_text(line, encoding="utf-8")
    chunk = ChunkInput("chunk-00000", str(path), sha256_of(path), 1)
    here, there = RemoteStore(url, tmp_path / "here"), RemoteStore(url, tmp_path / "there")
    here.share_input(chunk)
    path.unlink()
    here.share_input(chunk)  # is there: nothing is read or put
    own = there.own_input(chunk)
    assert own.sha256 == chunk.sha256 and Path(own.path).is_relative_to(tmp_path / "there")
    [(problem, attempts)] = read_chunk(own)
    assert (problem.statement, attempts) == ("What is 1 + 1?", [])


def test_a_build_elsewhere_works_no_case_that_this_one_has_worked(url: str, tmp_path: Path) -> None:
    config = write_world(tmp_path, 4)
    few = ("recipes=[{type: verifier_pairs}]", "gates=[]", f"run.store={url}")
    first, _ = heard(config, tmp_path / "here", *few)
    again, (engine,) = heard(config, tmp_path / "there", *few)
    assert first.spent["bought"] > 0 and engine.asked == []
    assert again.spent["bought"] == again.spent["replayed"] == 0
    assert hashes(tmp_path / "here") == hashes(tmp_path / "there")


def test_a_url_that_nobody_knows_is_refused_without_its_secrets(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run\.store: nowhere:// cannot be reached") as refused:
        RemoteStore("nowhere://user:secret@host/x", tmp_path)
    assert "secret" not in str(refused.value)
