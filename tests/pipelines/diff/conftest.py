"""What the tests of `corrigenda diff` share: builds that no test changes."""

import pytest

from tests.pipelines.diff.versions import Versions


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    return Versions(tmp_path_factory.mktemp("versions"))
