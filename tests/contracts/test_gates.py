"""What every quality gate promises: it looks at what is written, never ends a build, and says the same twice."""

import json
import math
import pickle
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from generators.engines.render import PlainRenderer
from pipelines.gates.again import read_manifest
from pipelines.gates.base import GATES, Examined
from pipelines.gates.examine import examine
from schemas.manifest import GateResult, Manifest
from tests.datasets import copied, rewritten, small_dataset

TABLES = ("sft", "preference", "stepwise", "attempts")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_dataset(tmp_path_factory.mktemp("gates"))


@pytest.fixture(scope="module")
def empty(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copied(dataset, tmp_path_factory.mktemp("empty") / "out")
    for table in TABLES:
        rewritten(folder, table, lambda rows: [])
    return folder


@pytest.fixture(scope="module")
def single(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One row in every file, with its problem's attempts."""
    folder = copied(dataset, tmp_path_factory.mktemp("single") / "out")
    for table in TABLES[:3]:
        rewritten(folder, table, lambda rows: rows[:1])
    return folder


def found(folder: Path, gate: str) -> GateResult:
    dataset = Examined(folder, read_manifest(folder), Path(), PlainRenderer())
    (result,) = examine([GATES.find(gate)()], dataset)
    return result


@pytest.mark.parametrize("gate", GATES.names())
def test_a_result_can_be_written_and_is_the_same_twice(dataset: Path, gate: str) -> None:
    result = found(dataset, gate)
    assert result.passed, result.said
    assert result.gate == gate and result.said and result.numbers
    assert all(math.isfinite(number) for number in result.numbers.values())
    assert str(dataset) not in json.dumps(asdict(result))
    assert result == found(dataset, gate)
    manifest = replace(read_manifest(dataset), gates=(result,))
    assert Manifest.from_json(json.loads(json.dumps(manifest.as_json()))).gates == (result,)


@pytest.mark.parametrize("gate", GATES.names())
def test_empty_tables_and_single_rows_are_looked_at_too(empty: Path, single: Path, gate: str) -> None:
    for folder in (empty, single):
        result = found(folder, gate)
        assert "could not look" not in result.said, result.said


@pytest.mark.parametrize("gate", GATES.names())
def test_a_damaged_file_fails_the_gate_and_raises_nothing(dataset: Path, tmp_path: Path, gate: str) -> None:
    folder = copied(dataset, tmp_path / "out")
    for path in (folder / "data").glob("*/*.parquet"):
        path.write_bytes(path.read_bytes()[:200])
    result = found(folder, gate)
    assert not result.passed and result.said.startswith("could not look: ")
    assert str(tmp_path) not in result.said


@pytest.mark.parametrize("gate", GATES.names())
def test_a_gate_survives_pickling(gate: str) -> None:
    made = GATES.find(gate)()
    assert pickle.loads(pickle.dumps(made)) == made and made.name == gate
