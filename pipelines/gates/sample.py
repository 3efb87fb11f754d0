"""A random sample of a dataset's rows, read back from its files.

Drawn by a hash of seed and row id: the same rows on every machine, whatever the shards. Cells (table, recipe and
variant) take turns, so that each has a row in it however rare it is.
"""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.gates.base import Examined

_BATCH_ROWS = 10_000


class Drawn(NamedTuple):
    """A row that was drawn, and where it lies: its place in the file."""

    order: int
    file: int
    place: int


def sample(
    dataset: Examined, tables: Sequence[str], count: int, seed: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row of `count` rows (or one of every cell, where there are more cells), in file order."""
    files = [(table, path) for table in tables for path in dataset.files(table)]
    chosen: dict[int, list[int]] = defaultdict(list)
    for drawn in _draw(files, count, seed):
        chosen[drawn.file].append(drawn.place)
    for number in sorted(chosen):
        table, path = files[number]
        for row in _rows_at(path, sorted(chosen[number])):
            yield table, row


def _draw(files: Sequence[tuple[str, Path]], count: int, seed: int) -> list[Drawn]:
    """Memory grows with cells and count, not with rows: of each cell only the first in the drawn order are kept."""
    import pyarrow.parquet as pq

    cells: dict[tuple[str, str, str], list[Drawn]] = {}
    for number, (table, path) in enumerate(files):
        place = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=["id", "recipe", "variant"]):
                for row in batch.to_pylist():
                    kept = cells.setdefault((table, row["recipe"], row["variant"]), [])
                    # A heap gives up its least: the order is negated, so that the last drawn goes.
                    drawn = Drawn(-_order(row["id"], seed), number, place)
                    heapq.heappush(kept, drawn) if len(kept) < count else heapq.heappushpop(kept, drawn)
                    place += 1
    turns = [
        (turn, -d.order, d) for kept in cells.values() for turn, d in enumerate(sorted(kept, reverse=True))
    ]
    return [drawn for _, _, drawn in sorted(turns)[: max(count, len(cells))]]


def _order(row_id: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{row_id}".encode()).digest()[:8])


def _rows_at(path: Path, places: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Rows by place, a row group at a time: a shard may be larger than what one wants in memory."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        start = 0
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            here = [place - start for place in places if start <= place < start + rows]
            if here:
                yield from file.read_row_group(group).take(here).to_pylist()
            start += rows
