"""Where a journal is kept: a folder, or a URL that fsspec knows."""

from pathlib import Path

from generators.engines.journal import Journal
from generators.engines.journals.base import AnyJournal
from generators.engines.journals.url import is_url


def open_journal(where: str | Path, spill: Path | None = None, cache: Path | None = None) -> AnyJournal:
    """The journal in a folder, or under a URL like s3://BUCKET/PREFIX. ConfigError, JournalError.

    `spill` (a folder of this build) and `cache` (of this machine) are only used with a URL.
    """
    if not is_url(str(where)):
        return Journal(folder_of(str(where)))
    # fsspec and what it brings takes a while to import.
    from generators.engines.journals.object_journal import ObjectJournal

    return ObjectJournal(str(where), spill, cache)


def folder_of(where: str) -> Path:
    """The folder of a journal that is no URL."""
    return Path(where.removeprefix("file://"))
