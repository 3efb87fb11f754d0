"""Where the records of all files of a journal are: sorted arrays, 16 bytes a record.

Only the first 64 bits of a key are held. Two keys that share them both stay, and whoever looks one up
compares the record's whole key. Of one key all records stay, the oldest file's first: where that one
turns out to be damaged, the next one counts.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from generators.engines.journals.entries import FAN_OUT, Entries

PLACE_BITS = 44
"""Of a place inside its file (16 TiB of plain records, 2**28 blocks); 20 bits are the file's number."""
_PLACE = (1 << PLACE_BITS) - 1
_SMALL = 1 << 19  # records that are sorted at once, in 40 MB


class Listed(Protocol):
    """A file with entries."""

    @property
    def records(self) -> int:
        """How many."""
        ...

    def entries(self, low: int, high: int) -> Entries:
        """Those whose key begins with a hexadecimal digit from `low` up to and without `high`, sorted."""
        ...


class _Run:
    """Sorted prefixes and, for each, file number and place."""

    def __init__(self, prefixes: npt.NDArray[np.uint64], places: npt.NDArray[np.uint64]) -> None:
        self.prefixes, self.places = prefixes, places
        # bisect on a view makes no array scalars: 2 microseconds among 10 million, numpy's own search takes 8.
        self.view = prefixes.data

    def __len__(self) -> int:
        return len(self.prefixes)

    def find(self, prefix: int) -> Iterator[int]:
        """The places of a prefix, the oldest first."""
        at = bisect_left(self.view, prefix)
        while at < len(self.view) and self.view[at] == prefix:
            yield int(self.places[at])
            at += 1


class Index:
    """The index of some files, numbered in their order. Files may be added behind them."""

    def __init__(self, files: Sequence[Listed] = ()) -> None:
        total = sum(file.records for file in files)
        self._runs: list[_Run] = []
        if total:
            self._runs.append(_merged(files, total))

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    @property
    def distinct(self) -> int:
        """How many keys; exact but for two that share 64 bits, or were added after the start."""
        return sum(1 + int(np.count_nonzero(r.prefixes[1:] != r.prefixes[:-1])) for r in self._runs)

    def add(self, file: Listed, number: int) -> None:
        """Add a file. Runs are merged so that each is at most half as long as the one before it."""
        entries = file.entries(0, FAN_OUT)
        if not len(entries):
            return
        self._runs.append(_Run(entries[:, 0].copy(), entries[:, 1] | np.uint64(number << PLACE_BITS)))
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            newer, older = self._runs.pop(), self._runs.pop()
            self._runs.append(_two_merged(older, newer))

    def find(self, prefix: int) -> Iterator[tuple[int, int]]:
        """File number and place of every record with the prefix, the oldest file's first."""
        for run in self._runs:
            for place in run.find(prefix):
                yield place >> PLACE_BITS, place & _PLACE


def _merged(files: Sequence[Listed], total: int) -> _Run:
    # Keys are spread evenly, so a digit at a time needs a sixteenth of the memory beside the result.
    step = FAN_OUT if total <= _SMALL else 1
    prefixes, places, filled = np.empty(total, "u8"), np.empty(total, "u8"), 0
    for low in range(0, FAN_OUT, step):
        parts = [file.entries(low, low + step) for file in files]
        some = np.concatenate([part[:, 0] for part in parts])
        where = np.concatenate(
            [part[:, 1] | np.uint64(number << PLACE_BITS) for number, part in enumerate(parts)]
        )
        order = np.argsort(some, kind="stable")
        end = filled + len(some)
        prefixes[filled:end], places[filled:end] = some[order], where[order]
        filled = end
    return _Run(prefixes, places)


def _two_merged(older: _Run, newer: _Run) -> _Run:
    at = np.searchsorted(older.prefixes, newer.prefixes, "right")
    return _Run(np.insert(older.prefixes, at, newer.prefixes), np.insert(older.places, at, newer.places))
