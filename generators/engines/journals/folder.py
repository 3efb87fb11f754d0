"""All files of a journal's folder as they were at one moment, and single records of them."""

import errno
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.blocks import Blocks
from generators.engines.journals.handles import Handles
from generators.engines.journals.index import Index
from generators.engines.journals.plain import Plain
from generators.engines.journals.records import key_of
from generators.engines.journals.segment import Segment, line_at
from generators.engines.journals.segment_writer import OFFSET_BITS

GONE = frozenset({errno.ENOENT, errno.ESTALE})
"""What reading a file that was merged into another may say."""
_OFFSET = (1 << OFFSET_BITS) - 1
_TRIES = 20


def open_file(path: Path, handles: Handles) -> Segment | Plain:
    """A journal file by its name. OSError where it cannot be read."""
    return Segment(path, handles) if path.name.endswith(names.SEALED) else Plain(path, handles)


class Folder:
    """The files and the index of their records. Without `paths` those of the folder, `without` left out."""

    def __init__(
        self, folder: Path, paths: list[Path] | None = None, without: frozenset[Path] = frozenset()
    ) -> None:
        self._handles = Handles()
        self._blocks = Blocks()
        self._lost: set[tuple[int, int]] = set()
        self.files = self._opened(folder, without) if paths is None else self._all(paths)
        self.index = Index(self.files)
        for file in self.files:
            if isinstance(file, Plain):
                file.forget_entries()

    @property
    def unreadable(self) -> int:
        """Damaged records and blocks, as far as they were met."""
        return sum(file.unreadable for file in self.files) + len(self._lost)

    def __contains__(self, key: str) -> bool:
        return any(place not in self._lost for place in self.index.find(int(key[:16], 16)))

    def find(self, key: str) -> bytes:
        """The oldest whole record of a key; empty where there is none. OSError where a file is gone."""
        for number, place in self.index.find(int(key[:16], 16)):
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

    def add(self, path: Path) -> None:
        """Add a file that this process wrote. OSError where it is gone already."""
        file = open_file(path, self._handles)
        self.files.append(file)
        self.index.add(file, len(self.files) - 1)

    def close(self) -> None:
        """Close open files; reading opens them again."""
        self._handles.close()

    def _opened(self, folder: Path, without: frozenset[Path]) -> list[Segment | Plain]:
        for left in range(_TRIES, 0, -1):
            try:
                return self._all([path for path in names.files(folder) if path not in without])
            except OSError as error:
                # A file was merged into another between listing and opening: list again.
                if error.errno not in GONE or left == 1:
                    raise
        raise AssertionError

    def _all(self, paths: list[Path]) -> list[Segment | Plain]:
        return [open_file(path, self._handles) for path in paths]
