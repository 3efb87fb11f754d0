"""What a publication did."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Published:
    """Where a version is, and what it took to bring it there."""

    where: str
    """Address of the repository, pull request or folder."""
    revision: str
    """Commit on the Hub, name of the version's folder elsewhere; empty after a dry run that would change it."""
    tag: str = ""
    committed: bool
    """False where nothing had changed, and after a dry run."""
    uploaded: int = 0
    """Files sent, or to be sent after a dry run."""
    uploaded_bytes: int = 0
    unchanged: int = 0
    """Files that were there already."""
    deleted: int = 0
    """Files of an older version that this one has not."""
    verified: Mapping[str, int] = field(default_factory=dict)
    """Rows given back as they were built, by `config/split`; empty after a dry run, and where nothing had changed
    and the tag stood: it is only given to what was verified."""
