"""One judge for the tests of a module."""

from collections.abc import Iterator

import pytest

from filters.verify.math.judge import Judge


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge
