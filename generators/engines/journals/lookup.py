"""Single records of some journal files, by key: the index, then the block, then the record."""

import errno
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from generators.engines.journals.blocks import Blocks
from generators.engines.journals.index import Index
from generators.engines.journals.plain import Plain
from generators.engines.journals.records import key_of
from generators.engines.journals.segment import Segment, line_at
from generators.engines.journals.segment_writer import OFFSET_BITS

GONE = frozenset({errno.ENOENT, errno.ESTALE})
"""What reading a file that was merged into another may say."""
_OFFSET = (1 << OFFSET_BITS) - 1

File = TypeVar("File", bound=Segment | Plain)


class Lookup(Generic[File]):
    """Files by number, and where their records are. Without further ado a lower number is an older file."""

    def __init__(self, files: Sequence[File]) -> None:
        self._blocks = Blocks()
        self._lost: set[tuple[int, int]] = set()
        self.files = list(files)
        self.index = Index(self.files)

    @property
    def unreadable(self) -> int:
        """Damaged records and blocks, as far as they were met."""
        return sum(file.unreadable for file in self.files) + len(self._lost)

    def __contains__(self, key: str) -> bool:
        return any(place not in self._lost for place in self.places(key))

    def places(self, key: str) -> Iterable[tuple[int, int]]:
        """File number and place of every record that may be of a key, the oldest file's first."""
        return self.index.find(int(key[:16], 16))

    def find(self, key: str) -> bytes:
        """The oldest whole record of a key; empty where there is none. OSError where a file is gone."""
        for number, place in self.places(key):
            if (number, place) in self._lost:
                continue
            line = self.line(number, place)
            if not line:
                self._lost.add((number, place))
            elif key_of(line) == key:
                return line
        return b""

    def line(self, number: int, place: int) -> bytes:
        """The record at a place of a file; empty where it is damaged. OSError where the file is gone."""
        file = self.files[number]
        try:
            if isinstance(file, Plain):
                return file.line(place)
            return line_at(self._blocks.text(number, file, place >> OFFSET_BITS), place & _OFFSET)
        except OSError as error:
            if error.errno in GONE:
                raise
            return b""
