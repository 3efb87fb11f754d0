"""All files of a journal's folder as they were at one moment, and single records of them."""

from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.handles import Handles
from generators.engines.journals.lookup import GONE, Lookup
from generators.engines.journals.plain import Plain
from generators.engines.journals.segment import Segment

_TRIES = 20
_PARTS = 1000
"""Parts of files that grew; each costs a kilobyte, and a look-up more."""


def open_file(path: Path, handles: Handles) -> Segment | Plain:
    """A journal file by its name. OSError where it cannot be read."""
    return Segment(path, handles) if path.name.endswith(names.SEALED) else Plain(path, handles)


class Folder(Lookup[Segment | Plain]):
    """The files and the index of their records. Without `paths` those of the folder, `without` left out."""

    def __init__(
        self, folder: Path, paths: list[Path] | None = None, without: frozenset[Path] = frozenset()
    ) -> None:
        self._folder = folder
        self._handles = Handles()
        super().__init__(self._opened(folder, without) if paths is None else self._all(paths))
        for file in self.files:
            if isinstance(file, Plain):
                file.forget_entries()

    def add(self, path: Path) -> None:
        """Add a file that was not there. OSError where it is gone already."""
        self._add(open_file(path, self._handles))

    def look_again(self, without: frozenset[Path]) -> bool:
        """Add what other writers have written since, also to files that they still write. False where all must be
        opened anew: a file is gone, merged into another or sealed, or there are too many parts."""
        known = {file.path: file for file in self.files}  # of a file in parts the last one
        there = [path for path in names.files(self._folder) if path not in without]
        if not known.keys() <= set(there) or len(self.files) > len(known) + _PARTS:
            return False
        try:
            for path in there:
                file = known.get(path)
                if file is None:
                    self.add(path)
                elif isinstance(file, Plain) and (more := file.grown()):
                    self._add(more)
        except OSError as error:
            if error.errno not in GONE:
                raise
            return False
        return True

    def _add(self, file: Segment | Plain) -> None:
        self.files.append(file)
        self.index.add(file, len(self.files) - 1)
        if isinstance(file, Plain):
            file.forget_entries()

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
