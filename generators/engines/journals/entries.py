"""What an index says of each record: the first 64 bits of its key, and its place in the file."""

from array import array

import numpy as np
import numpy.typing as npt

Entries = npt.NDArray[np.uint64]
"""Shape (records, 2): prefix, place; sorted by prefix, records of the same by place."""
FAN_OUT = 16
"""Index parts that can be read alone: one for each first hexadecimal digit of a key."""
_BORDERS = np.array([digit << 60 for digit in range(1, FAN_OUT)], "<u8")


class Listing:
    """Entries in the making, 16 bytes each. Places must rise."""

    def __init__(self) -> None:
        self._prefixes = array("Q")
        self._places = array("Q")

    def __len__(self) -> int:
        return len(self._places)

    def add(self, prefix: int, place: int) -> None:
        """Add a record."""
        self._prefixes.append(prefix)
        self._places.append(place)

    def sorted(self) -> Entries:
        """All entries, sorted."""
        prefixes = np.array(self._prefixes, "<u8")
        order = np.argsort(prefixes, kind="stable")
        return np.stack((prefixes[order], np.array(self._places, "<u8")[order]), axis=1)


def fan_out(entries: Entries) -> list[int]:
    """How many entries begin with a digit below 0, 1, … 16."""
    return [0, *np.searchsorted(entries[:, 0], _BORDERS).tolist(), len(entries)]
