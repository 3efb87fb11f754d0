"""The journal: can every record be read that was paid for?"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.doctor.base import Situation
from pipelines.findings import Finding, Kind

MOST_BYTES = 256 << 20
"""Of a journal that is read whole: some seconds. Larger ones have a command of their own."""

FINE = Kind("journal.ok", "ok", "The journal's records are whole.")
NEW = Kind("journal.new", "ok", "There is no journal yet; the build makes one.")
DAMAGED = Kind(
    "journal.damaged",
    "warning",
    "Records of the journal are damaged. They are left out and bought again when a build asks for them.",
    "`corrigenda journal verify DIR` names files and places. Look at the disk: nothing that Corrigenda does, killed or "
    "not, damages a record.",
)
TORN = Kind(
    "journal.torn",
    "note",
    "A writer was killed in the middle of a record, or is writing just now. What it was writing was never used.",
)
UNREADABLE = Kind(
    "journal.unreadable",
    "error",
    "The journal is a file, or there is no right to read it; a build would end at once.",
    "Name a folder in `run.journal`, or give this user the right to read it.",
)
UNCHECKED = Kind(
    "journal.large",
    "note",
    "The journal is too large to be read whole for a look at it.",
    "`corrigenda journal verify DIR` reads it all; `corrigenda journal compact DIR` makes it smaller.",
)


def look(at: Situation) -> Iterator[Finding]:
    """The folder of the journal, if a config or a build says which."""
    if at.journal is not None:
        yield from about(at.journal)


def about(folder: Path, most_bytes: int = MOST_BYTES) -> Iterator[Finding]:
    """One journal, read whole up to so many bytes."""
    from generators.engines.journals.examine import verify
    from generators.engines.journals.names import files

    try:
        if not folder.exists():
            yield NEW.found(f"{folder} is not there yet")
            return
        if not folder.is_dir():
            yield UNREADABLE.found(f"{folder} is a file")
            return
        size = sum(path.stat().st_size for path in files(folder))
        if size > most_bytes:
            yield UNCHECKED.found(f"{folder} has {size / 2**20:,.0f} MiB")
            return
        found = verify(folder)
    except OSError as error:
        yield UNREADABLE.found(f"{error.filename or folder}: {error.strerror or error}")
        return
    if found.damages:
        first = found.damages[0]
        yield DAMAGED.found(
            f"{len(found.damages):,} damaged places in {folder}, the first in {first.path.name} at byte "
            f"{first.offset:,}: {first.what}"
        )
    else:
        yield FINE.found(f"{found.records:,} records in {found.files:,} files of {folder}")
    if found.torn:
        yield TORN.found(f"{len(found.torn):,} torn last records in {folder}")
