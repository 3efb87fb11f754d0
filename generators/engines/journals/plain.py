"""A file of one record a line, each with its checksum: closed and not yet sealed, or still being written.

The last record may be torn (the writer was killed, or is in the middle of it) and is then no record;
an unreadable one elsewhere is damage and is counted.
"""

from collections.abc import Iterator
from pathlib import Path

from generators.engines.journals.entries import Entries, Listing, fan_out
from generators.engines.journals.handles import Handles
from generators.engines.journals.records import is_whole, prefix_of

_CHUNK = 1 << 12


class Plain:
    """One `.jsonl` or `.open` file as it was when it was opened, from a place on. OSError where it cannot be read."""

    def __init__(self, path: Path, handles: Handles, start: int = 0) -> None:
        self.path = path
        self._handles = handles
        self._start = start
        self.size = handles.size(path)
        self.damages: list[int] = []
        """Where unreadable records begin, a torn last one left out."""
        self.torn: int | None = None
        """Where the torn last record begins."""
        listing = Listing()
        for offset, line in self._scan():
            listing.add(prefix_of(line), offset)
        self.records = len(listing)
        self._entries: Entries | None = listing.sorted()

    @property
    def unreadable(self) -> int:
        """How many records are damaged."""
        return len(self.damages)

    def grown(self) -> "Plain | None":
        """What was written to the file since it was opened; None where nothing was. OSError where it is gone."""
        if self.path.stat().st_size <= self.size:
            return None
        return Plain(self.path, self._handles, self.size if self.torn is None else self.torn)

    def entries(self, low: int, high: int) -> Entries:
        """The entries whose key begins with a hexadecimal digit from `low` up to and without `high`."""
        assert self._entries is not None
        counts = fan_out(self._entries)
        return self._entries[counts[low] : counts[high]]

    def forget_entries(self) -> None:
        """Free what only the making of an index needs."""
        self._entries = None

    def line(self, offset: int) -> bytes:
        """The record that begins at an offset; empty where it is damaged."""
        line, size = b"", _CHUNK
        while b"\n" not in line:
            more = self._handles.read(self.path, offset + len(line), size)
            if not more:
                return b""
            line, size = line + more, 2 * size
        line = line[: line.index(b"\n") + 1]
        return line if is_whole(line) else b""

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every whole record with its place, in the order written."""
        self.damages, self.torn = [], None
        return self._scan()

    def _scan(self) -> Iterator[tuple[int, bytes]]:
        offset, suspect = self._start, -1
        with self.path.open("rb") as file:
            file.seek(offset)
            for line in file:
                if offset >= self.size:
                    break  # written since: not of what was opened
                if suspect >= 0:
                    self.damages.append(suspect)  # now known not to be the last
                suspect = -1 if is_whole(line) else offset
                if suspect < 0:
                    yield offset, line
                offset += len(line)
        self.torn = suspect if suspect >= 0 else None
