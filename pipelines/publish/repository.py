"""A dataset repository on the Hub: what it holds, and the requests of a publication, sent until they are answered.

`HF_ENDPOINT` and the token (`HF_TOKEN`, or `hf auth login`) are read by huggingface_hub itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipelines.publish.bundle import MANIFEST, LocalFile, owned
from pipelines.publish.patience import HubError, Patience, Say

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd

_GROUP_FILES, _GROUP_BYTES = 50, 256 << 20
"""Most that is offered to the Hub at once. It is then sent file by file, so that a kill loses one."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a commit: `sha256` where the Hub stores it as a large file, `blob` (git's hash) otherwise."""

    sha256: str | None
    blob: str


@dataclass(frozen=True)
class State:
    """A repository at one moment."""

    head: str
    """Commit of the branch."""
    private: bool
    tags: Mapping[str, str] = field(default_factory=dict)
    """Commits by tag."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request and its branch."""

    number: int
    url: str
    draft: bool

    @property
    def branch(self) -> str:
        """The ref its commits are on."""
        return f"refs/pr/{self.number}"


class Repository:
    """One dataset repository, written `ORG/NAME`."""

    def __init__(self, name: str, patience: Patience, say: Say) -> None:
        from huggingface_hub import HfApi

        self.name, self.patience, self.say = name, patience, say
        self.api = HfApi()

    @property
    def url(self) -> str:
        """Its page."""
        return f"{self.api.endpoint}/datasets/{self.name}"

    def state(self, branch: str = "main") -> State | None:
        """The repository now; None where there is none that this token may see."""
        try:
            info = self.patience.ask(
                f"looking at {self.name}",
                lambda: self.api.dataset_info(self.name, expand=["private", "sha"]),
                self.say,
            )
        except HubError as error:
            if error.status == 404:
                return None
            raise
        refs = self.patience.ask(
            f"reading the branches of {self.name}",
            lambda: self.api.list_repo_refs(
                self.name, repo_type="dataset", include_pull_requests=branch != "main"
            ),
            self.say,
        )
        heads = {ref.name: ref.target_commit for ref in refs.branches}
        heads |= {ref.ref: ref.target_commit for ref in refs.pull_requests or []}
        head = heads.get(branch) or (info.sha if branch == "main" else None)
        if not head:
            raise HubError(f"{self.name} has no branch {branch}: create it, or name another repository")
        return State(head, bool(info.private), {tag.name: tag.target_commit for tag in refs.tags})

    def create(self, private: bool) -> None:
        """Make the repository; nothing where it exists."""
        self.patience.ask(
            f"creating {self.name}",
            lambda: self.api.create_repo(self.name, repo_type="dataset", private=private, exist_ok=True),
            self.say,
        )

    def files(self, revision: str) -> dict[str, RemoteFile]:
        """The files of a commit that a publication may write or delete, by path."""
        from huggingface_hub import RepoFile

        entries = self.patience.ask(
            f"listing {self.name} at {revision[:12]}",
            lambda: list(
                self.api.list_repo_tree(self.name, recursive=True, revision=revision, repo_type="dataset")
            ),
            self.say,
        )
        return {
            entry.path: RemoteFile(entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
            for entry in entries
            if isinstance(entry, RepoFile) and owned(entry.path)
        }

    def manifest_text(self, revision: str) -> str:
        """The published manifest of a commit."""
        with TemporaryDirectory(prefix="corrigenda-") as folder:
            path = self.patience.ask(
                f"reading {MANIFEST} of {self.name} at {revision[:12]}",
                lambda: self.api.hf_hub_download(
                    self.name, MANIFEST, repo_type="dataset", revision=revision, local_dir=folder
                ),
                self.say,
            )
            return Path(path).read_text(encoding="utf-8")

    def validate_card(self, text: str) -> None:
        """Have the Hub check the card's YAML before anything is uploaded. HubError says what it does not accept."""
        from huggingface_hub import DatasetCard

        def validate() -> str:
            try:
                DatasetCard(text, ignore_metadata_errors=True).validate(repo_type="dataset")
            except ValueError as error:
                return str(error)
            return ""

        if wrong := self.patience.ask("having the card checked", validate, self.say):
            raise HubError(
                f"the Hub does not accept the YAML of README.md: {' '.join(wrong.split())[:500]}", 400
            )

    def upload(self, files: Sequence[LocalFile], branch: str) -> "list[CommitOperationAdd]":
        """Send the content of large files that the Hub does not have yet; small ones go with the commit."""
        from huggingface_hub import CommitOperationAdd

        additions: list[CommitOperationAdd] = []
        sent = 0
        for group in _groups(files):
            # Made anew for every try: an addition remembers what was asked before.
            made: list[CommitOperationAdd] = []

            def send(group: Sequence[LocalFile] = group, made: list[CommitOperationAdd] = made) -> None:
                made[:] = [_addition(file) for file in group]
                self.api.preupload_lfs_files(
                    self.name,
                    made,
                    repo_type="dataset",
                    revision=branch,
                    num_threads=1,
                    free_memory=False,
                )

            self.patience.ask(f"uploading {group[0].path}", send, self.say)
            additions += made
            sent += len(group)
            self.say(f"uploaded {sent} of {len(files)} files: {group[-1].path}")
        return additions

    def after(self, parent: str, branch: str) -> str | None:
        """The commit that follows `parent` on a branch; None where the branch still ends with it, or has lost it."""
        commits = self.patience.ask(
            f"reading the history of {self.name}",
            lambda: self.api.list_repo_commits(self.name, repo_type="dataset", revision=branch),
            self.say,
        )
        oids = [commit.commit_id for commit in commits]
        place = oids.index(parent) if parent in oids else 0
        return oids[place - 1] if place else None

    def tag(self, tag: str, revision: str, message: str) -> None:
        """Name a commit. HubError where another commit has the name."""
        try:
            self.patience.ask(
                f"tagging {revision[:12]} as {tag}",
                lambda: self.api.create_tag(
                    self.name, tag=tag, tag_message=message, revision=revision, repo_type="dataset"
                ),
                self.say,
            )
        except HubError as error:
            # The tag may be ours: made by a request whose reply was lost, or by another publisher.
            state = self.state() if error.status == 409 else None
            if state is None or state.tags.get(tag) != revision:
                raise

    def pull_request(self, title: str, description: str) -> PullRequest:
        """The open pull request of this title, or a new one."""
        return self.patience.ask(
            f"opening a pull request at {self.name}",
            lambda: self._find_pull_request(title) or self._new_pull_request(title, description),
            self.say,
        )

    def show_pull_request(self, request: PullRequest) -> None:
        """Take a draft out of its draft state: it is whole now."""
        if not request.draft:
            return
        try:
            self.patience.ask(
                f"opening pull request {request.number} for review",
                lambda: self.api.change_discussion_status(
                    self.name, request.number, "open", repo_type="dataset"
                ),
                self.say,
            )
        except HubError as error:
            # Its content is there and verified: a person can press the button.
            self.say(f"{request.url} stays a draft ({error}); open it on its page")

    def _find_pull_request(self, title: str) -> PullRequest | None:
        # All of them: what the Hub's filter `open` means for drafts is not documented.
        found = self.api.get_repo_discussions(
            self.name, repo_type="dataset", discussion_type="pull_request", discussion_status="all"
        )
        for one in found:
            if one.title == title and one.status in ("open", "draft"):
                return PullRequest(one.num, one.url, one.status == "draft")
        return None

    def _new_pull_request(self, title: str, description: str) -> PullRequest:
        made = self.api.create_pull_request(self.name, title, description=description, repo_type="dataset")
        return PullRequest(made.num, made.url, made.status == "draft")


def _groups(files: Sequence[LocalFile]) -> list[list[LocalFile]]:
    groups: list[list[LocalFile]] = []
    for file in files:
        last = groups[-1] if groups else []
        if last and len(last) < _GROUP_FILES and sum(f.bytes for f in last) + file.bytes <= _GROUP_BYTES:
            last.append(file)
        else:
            groups.append([file])
    return groups


def _addition(file: LocalFile) -> "CommitOperationAdd":
    from huggingface_hub import CommitOperationAdd

    addition = CommitOperationAdd(file.path, str(file.at))
    # Known already: without it every shard is read and hashed once more.
    addition.upload_info.sha256 = bytes.fromhex(file.sha256)
    return addition
