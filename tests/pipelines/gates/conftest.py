"""One dataset for all tests of the gates; those that damage it take a copy."""

from pathlib import Path

import pytest

from tests.datasets import copied, small_dataset


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_dataset(tmp_path_factory.mktemp("gates"))


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    return copied(dataset, tmp_path / "copy")
