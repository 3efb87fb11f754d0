"""Names of a journal's files, in the order in which their records count.

    STEM.open                    being written, or left by a writer that was killed
    STEM.jsonl                   closed, one record a line
    STEM.jsonl.zst               sealed: compressed, with an index (`segment`)
    STEM~RANDOM-PART.jsonl.zst   merged from the file STEM and files that followed it (`compact`)
    STEM.0000017.jsonl.zst       a part of STEM, stored on its own (under a URL nothing can be appended to)
    .….partial                   being made; none of the reader's business

STEM is `nanoseconds-process-random`, so files sort by the time they were begun, and a merged file stands
where its first source stood. Files are only ever added whole, by a rename, and removed; a sealed or merged
file never changes and its name is never used again.
"""

import os
import re
import secrets
import time
from pathlib import Path

_PART = re.compile(r"[^.~]+\.\d{7}\.jsonl\.zst")
OPEN, CLOSED, SEALED, PARTIAL = ".open", ".jsonl", ".jsonl.zst", ".partial"


def new_stem() -> str:
    """A stem that no other writer has, later than those of before."""
    return f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}"


def stem(path: Path) -> str:
    """The stem of a file's own or, for a merged file, of its first source: its place in the order."""
    return path.name.split(".", 1)[0].split("~", 1)[0]


def merged(first: Path) -> str:
    """A new name, without part and suffix, for what `first` and files that follow it are merged into."""
    return f"{stem(first)}~{secrets.token_hex(4)}"


def part(stem: str, number: int) -> str:
    """The name of a part of what will be sealed as STEM.

    Parts sort before the sealed one: who lists in the order of names, page by page, meets it at the latest there.
    """
    return f"{stem}.{number:07d}{SEALED}"


def is_open(name: str) -> bool:
    """Whether a file is one that more belongs to: its writer goes on, or was killed."""
    return name.endswith(OPEN) or bool(_PART.fullmatch(name))


def written_at(name: str) -> float:
    """When the writer of a file began, in seconds since 1970 by its own clock; of a merged one, its last."""
    return int(name.split("-", 1)[0]) / 1e9


def rank(name: str) -> tuple[str, str]:
    """Orders names as their records count, the oldest first."""
    return stem(Path(name)), name


def partial(path: Path) -> Path:
    """Where a file is made before it is renamed to its place."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}")


def files(folder: Path) -> list[Path]:
    """The files of a journal, the oldest first; none where there is no folder."""
    if not folder.is_dir():
        return []
    seen = _listed(folder)
    # A listing is no snapshot: it can miss a file and also what that file is just being turned into. Two that
    # agree do not.
    while seen != (again := _listed(folder)):
        seen = again
    return seen


def _listed(folder: Path) -> list[Path]:
    found = (path for path in folder.iterdir() if not path.name.startswith("."))
    journals = [path for path in found if path.name.endswith((OPEN, CLOSED, SEALED))]
    return sorted(journals, key=lambda path: rank(path.name))
