"""What may go wrong with a request, and when."""

from collections import Counter
from dataclasses import dataclass

KINDS = (
    "info",
    "create",
    "refs",
    "tree",
    "validate",
    "preupload",
    "batch",
    "put",
    "verify",
    "commit",
    "revision",
    "resolve",
    "download",
    "tag",
)
"""The requests of a publication in their order, verification by `datasets` included."""

WHAT = (
    "429",  # refused, with Retry-After
    "500",
    "503",
    "drop",  # the connection ends before anything was done
    "503 after",  # it was done, and the reply says that it failed
    "drop after",  # it was done, and no reply comes
    "503 after, then moved",  # it was done, somebody else commits on top, and the reply says that it failed
    "503 late",  # the reply comes first, and it is done a moment later
    "moved",  # somebody else commits first
    "kill",  # the publisher is killed before it is done
    "kill after",  # the publisher is killed after it was done
)


@dataclass(frozen=True)
class Fault:
    """The `nth` request of a kind (from 1) of a repository goes wrong."""

    kind: str
    what: str
    nth: int = 1


@dataclass
class Faults:
    """The faults planned for one repository, and how many requests of each kind it has seen."""

    planned: tuple[Fault, ...] = ()
    seen: Counter[str] | None = None

    def next(self, kind: str) -> str:
        """What goes wrong with this request; empty: nothing."""
        if self.seen is None:
            self.seen = Counter()
        self.seen[kind] += 1
        return next((f.what for f in self.planned if (f.kind, f.nth) == (kind, self.seen[kind])), "")
