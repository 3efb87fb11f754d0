"""One Hub and one process that forks publishers, for all tests of publishing in this worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hub.publishers import Publishers, publishers
from tests.hub.server import LocalHub, local_hub
from tests.hub.state import Entry, HubRepository
from tests.hub.versions import write_version


@dataclass
class Place:
    """The Hub, the publishers, and two versions of one dataset."""

    hub: LocalHub
    publishers: Publishers
    old: Path
    new: Path

    def with_old(self, name: str) -> HubRepository:
        """A repository that holds the old version, tagged `old`."""
        return self.hub.copy("team/old", name)

    def tree(self, folder: Path, parquet: bool = True) -> dict[str, Entry]:
        """What the Hub holds when it holds a version and nothing else of ours."""
        files = [
            p for p in folder.rglob("*") if p.is_file() and "dropped" not in p.parts and "work" not in p.parts
        ]
        return {
            str(p.relative_to(folder)): Entry(p.read_bytes(), p.suffix == ".parquet") for p in sorted(files)
        }

    def holds(self, repo: str, revision: str, folder: Path) -> bool:
        """Whether a commit holds exactly a version, beside files that are nobody's business here."""
        found = self.hub.repos[repo].commits[revision].tree
        return {p: e for p, e in found.items() if p not in (".gitattributes", "notes.md")} == self.tree(
            folder
        )

    def check_every_commit(self, repo: str) -> None:
        """Old or new or nothing, never a mixture, at every commit but somebody else's."""
        for commit in self.hub.repos[repo].commits.values():
            if commit.title.startswith("edit "):
                continue
            empty = set(commit.tree) <= {".gitattributes", "notes.md"}
            assert empty or any(self.holds(repo, commit.oid, f) for f in (self.old, self.new)), commit.title


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("hub")
    old = write_version(folder / "old", 1, {"sft/train": 2, "sft/test": 1, "attempts/train": 1})
    new = write_version(
        folder / "new", 2, {"sft/train": 1, "sft/test": 1, "attempts/train": 1, "stepwise/train": 1}
    )
    with local_hub() as hub, publishers(hub, folder / "publishers") as running:
        done = running.start(old, repo="team/old", tag="old").wait()
        assert done.code == 0, done.text
        yield Place(hub, running, old, new)
