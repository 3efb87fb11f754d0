"""What a Hub keeps: repositories with commits, branches, tags, pull requests and large files."""

import hashlib
import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One file of a commit; `large` where only its hash stands in git."""

    content: bytes
    large: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def blob(self) -> str:
        """Git's hash: of the content, or of the pointer to it."""
        stored = f"oid sha256:{self.sha256}\n".encode() if self.large else self.content
        return hashlib.sha1(b"blob %d\0" % len(stored) + stored).hexdigest()


@dataclass(frozen=True)
class Commit:
    """A whole tree and what it came from."""

    oid: str
    parent: str
    title: str
    tree: dict[str, Entry]


@dataclass
class Request:
    """A pull request."""

    number: int
    title: str
    status: str = "draft"


@dataclass
class HubRepository:
    """One dataset repository."""

    name: str
    private: bool
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    """Large files by SHA-256, uploaded but not necessarily part of any commit."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.add("main", "", "initial commit", {".gitattributes": Entry(b"*.parquet filter=lfs\n", False)})

    def add(self, branch: str, parent: str, title: str, tree: dict[str, Entry]) -> str:
        """A new commit at the end of a branch."""
        said = repr(
            (self.name, parent, title, sorted((p, e.sha256) for p, e in tree.items()), len(self.commits))
        )
        oid = hashlib.sha1(said.encode()).hexdigest()
        self.commits[oid] = Commit(oid, parent, title, tree)
        self.branches[branch] = oid
        return oid

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, tag, ref or (shortened) oid names."""
        for known in (self.branches, self.tags):
            if revision in known:
                return known[revision]
        return next((oid for oid in self.commits if len(revision) >= 7 and oid.startswith(revision)), None)

    def history(self, revision: str) -> list[Commit]:
        """Commits of a revision, newest first."""
        found, oid = [], self.resolve(revision) or ""
        while oid:
            found.append(self.commits[oid])
            oid = found[-1].parent
        return found

    def edit(self, path: str, content: bytes, branch: str = "main") -> str:
        """Somebody else's commit."""
        head = self.branches[branch]
        tree = {**self.commits[head].tree, path: Entry(content, False)}
        return self.add(branch, head, f"edit {path}", tree)
