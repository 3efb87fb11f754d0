"""One judge for the tests of all recipes."""

from collections.abc import Iterator

import pytest

from filters.verify.math.judge import Judge


@pytest.fixture(scope="package")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge
