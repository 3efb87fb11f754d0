"""All files of a journal's folder as they were at one moment, and single records of them."""

from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.handles import Handles
from generators.engines.journals.lookup import GONE, Lookup
from generators.engines.journals.plain import Plain
from generators.engines.journals.segment import Segment

_TRIES = 20


def open_file(path: Path, handles: Handles) -> Segment | Plain:
    """A journal file by its name. OSError where it cannot be read."""
    return Segment(path, handles) if path.name.endswith(names.SEALED) else Plain(path, handles)


class Folder(Lookup[Segment | Plain]):
    """The files and the index of their records. Without `paths` those of the folder, `without` left out."""

    def __init__(
        self, folder: Path, paths: list[Path] | None = None, without: frozenset[Path] = frozenset()
    ) -> None:
        self._handles = Handles()
        super().__init__(self._opened(folder, without) if paths is None else self._all(paths))
        for file in self.files:
            if isinstance(file, Plain):
                file.forget_entries()

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
