"""The Hub source on local folders and files, offline."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.sources.hub import Hub
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from schemas.problem import Problem
from tests.writing import ROW, write_lines


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import datasets.config
    import huggingface_hub.constants

    # Both libraries read their environment when they are imported, which may be long ago.
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [ROW | {"id": f"q{n}", "question": f"{n} + 1?", "answer": str(n + 1)} for n in range(30)]
    rows[7]["answer"] = ""
    (tmp_path / "set").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "set" / "train.parquet")
    (tmp_path / "set" / "README.md").write_text("---\nlicense: mit\n---\n# A set\n", "utf-8")
    return tmp_path / "set"


@pytest.mark.parametrize("streaming", [True, False])
def test_a_local_folder_is_read_with_its_cards_licence(folder: Path, streaming: bool) -> None:
    source = Hub(dataset=str(folder), streaming=streaming, name="mine")
    problems = list(source.problems())
    assert len(problems) == 30
    first, bad = problems[0], problems[7]
    assert isinstance(first, Problem) and isinstance(bad, Dropped)
    assert (first.id, first.answer, first.licence, first.source) == ("q0", "1", "mit", "mine")
    assert bad.reason == "empty_answer" and bad.where.endswith("set[train]:8")


def test_stopping_early_is_clean(folder: Path) -> None:
    problems = iter(Hub(dataset=str(folder)).problems())
    assert isinstance(next(problems), Problem)


def test_a_local_file_is_read_and_needs_a_licence(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "mine.jsonl", [ROW])
    with pytest.raises(InputError, match=r"states no licence.*set `licence`"):
        list(Hub(dataset=str(path)).problems())
    (problem,) = Hub(dataset=str(path), licence="MIT").problems()
    assert isinstance(problem, Problem) and problem.licence == "MIT"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "validation"}, "set `split` to one that it has"),
        ({"config": "other"}, "set `config` to one that it has"),
        ({"statement": "qestion"}, "no column 'qestion'; did you mean 'question'"),
        ({"dataset": "nobody/nothing-here"}, "'nobody/nothing-here' cannot be read: check the network"),
    ],
)
def test_an_unusable_dataset_says_what_to_do(folder: Path, options: dict[str, str], message: str) -> None:
    source = Hub(**({"dataset": str(folder)} | options))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message):
        list(source.problems())


def test_a_local_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    with pytest.raises(InputError, match="convert it"):
        list(Hub(dataset=str(tmp_path / "notes.txt")).problems())
