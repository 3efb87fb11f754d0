"""Chunk results by address: there whole or not at all, and believed only while their files are what they were."""

import threading
from pathlib import Path

import pytest

from pipelines.chunk_result import ChunkResult
from pipelines.store import RECORD, Store

ADDRESS = "a" * 64
FILES = {"sft.train.parquet": b"one", "attempts.train.parquet": b"two"}
COUNTS = {"cases": 3}


def write(folder: Path, content: bytes = b"") -> Path:
    for name, said in FILES.items():
        (folder / name).write_bytes(said + content)
    return folder


def keep(store: Store, address: str = ADDRESS, content: bytes = b"", **counts: int) -> ChunkResult:
    return store.keep(address, write(store.begin(address), content), {**COUNTS, **counts})


def test_a_result_is_found_by_its_address_with_its_files_and_counts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.find(ADDRESS) is None
    keep(store)
    found = Store(tmp_path).find(ADDRESS)
    assert found is not None and found.counts == COUNTS and sorted(found.files) == sorted(FILES)
    assert {name: Path(found.folder, name).read_bytes() for name in found.files} == FILES
    assert store.find("b" * 64) is None
    assert [path.name for path in (tmp_path / "chunks").iterdir()] == [ADDRESS[:40]]


def test_what_is_being_written_is_not_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    write(store.begin(ADDRESS))
    assert Store(tmp_path).find(ADDRESS) is None
    # Another process begins the same chunk while the first one writes, or after it was killed.
    keep(Store(tmp_path))
    assert store.find(ADDRESS) is not None


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "torn record", "no record", "other record"])
def test_a_damaged_result_is_as_good_as_none_and_is_made_again(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    keep(store)
    folder = tmp_path / "chunks" / ADDRESS[:40]
    file, record = folder / "sft.train.parquet", folder / RECORD
    match damage:
        case "changed":
            file.write_bytes(b"eno")
        case "cut":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
        case "torn record":
            record.write_bytes(record.read_bytes()[:20])
        case "no record":
            record.unlink()
        case "other record":
            record.write_text('{"files": {"preference.train.parquet": "00"}, "counts": {}}', encoding="utf-8")
    assert store.find(ADDRESS) is None
    keep(store)
    found = store.find(ADDRESS)
    assert found is not None and Path(found.folder, "sft.train.parquet").read_bytes() == b"one"


@pytest.mark.parametrize("open_case", ["failed", "unpaid"])
def test_an_unfinished_result_is_nobody_elses_and_a_finished_one_stays(
    tmp_path: Path, open_case: str
) -> None:
    store = Store(tmp_path)
    first = store.keep(ADDRESS, write(store.begin(ADDRESS), b""), {**COUNTS, open_case: 1})
    assert first.unfinished and store.find(ADDRESS) is None
    assert store.named(Path(first.folder).name) == first
    keep(store, content=b" more")
    # Who is writing shards of the first one keeps it.
    assert store.named(Path(first.folder).name) == first
    found = store.find(ADDRESS)
    assert found is not None and not found.unfinished
    # Who reads it must not lose it to a build that made the same at the same time.
    keep(store, content=b" other")
    assert Path(found.folder, "sft.train.parquet").read_bytes() == b"one more"
    assert len(list((tmp_path / "chunks").iterdir())) == 2


def test_of_many_writers_at_once_each_gets_a_whole_result(tmp_path: Path) -> None:
    start, errors = threading.Barrier(8), []

    def work(number: int) -> None:
        store = Store(tmp_path)
        partial = write(store.begin(ADDRESS), b"!" * number)
        start.wait()
        try:
            result = store.keep(ADDRESS, partial, COUNTS)
            texts = {Path(result.folder, name).read_bytes()[3:] for name in FILES}
            assert len(texts) == 1
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert Store(tmp_path).find(ADDRESS) is not None
