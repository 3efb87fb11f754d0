"""One small dataset for all tests of card and report."""

from pathlib import Path

import pytest

from generators.recipes.base import Recipe
from schemas.manifest import Manifest
from tests.pipelines.pages.made import made

Dataset = tuple[Path, Manifest, list[Recipe]]


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Folder, manifest and recipes of a finished build; read only."""
    return made(tmp_path_factory.mktemp("pages"))
