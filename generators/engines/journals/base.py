"""What a journal is to those who use it, wherever it is kept: a folder, or objects under a URL."""

from collections.abc import Iterable
from typing import Protocol

from generators.engines.base import Completion, Scores


class AnyJournal(Protocol):
    """Completions and scores by key. Of two records with one key the older counts. Safe from several threads."""

    where: str
    """The folder or URL, fit for messages."""

    def __len__(self) -> int:
        """How many keys; roughly, where files were added since it was opened."""
        ...

    def __contains__(self, key: str) -> bool: ...

    @property
    def unreadable(self) -> int:
        """Records that were skipped because they are damaged."""
        ...

    async def fetch(self, keys: Iterable[str]) -> None:
        """Bring near what `get` will be asked for next, so that it does not hold the event loop up."""
        ...

    def get(self, key: str) -> Completion | None:
        """The completion of a key; None where there is none or it is damaged or lost. JournalError."""
        ...

    def get_scores(self, key: str) -> Scores | None:
        """The scores of a key; None where there are none or they are damaged or lost. JournalError."""
        ...

    async def prepare(self) -> None:
        """OSError where nothing can be written: better known before something is bought."""
        ...

    def put(self, key: str, completion: Completion, *, model: str = "", seed: int = 0) -> None:
        """Take a record; a key that is there already keeps its first. OSError where it cannot be written."""
        ...

    def put_scores(self, key: str, scores: Scores, *, model: str = "") -> None:
        """Take the scores of a key as `put` does."""
        ...

    async def kept(self) -> None:
        """Return when all that was put so far outlives this process (objects: this machine). OSError."""
        ...

    def refresh(self, at_once: bool = False) -> None:
        """See what other writers have bought since: seldom more than a look at the clock, unless `at_once`."""
        ...

    def close(self) -> None:
        """Finish what is being written; a later `put` starts anew. Idempotent."""
        ...
