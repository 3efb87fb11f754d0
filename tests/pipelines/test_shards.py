"""Shards: how many there are; what they hold is in test_row_groups.py."""

import pytest

from pipelines.shards import MOST_SHARDS, shard_rows


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        (0, 100_000),
        (2_500_000, 100_000),
        (2_500_001, 200_000),
        (5_000_001, 400_000),
        (1_000_000_000, 51_200_000),
    ],
)
def test_shards_grow_where_there_would_be_more_than_a_commit_should_have(rows: int, size: int) -> None:
    assert shard_rows(rows) == size
    assert -(-rows // size) <= MOST_SHARDS
