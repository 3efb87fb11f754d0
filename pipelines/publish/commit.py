"""The one commit of a publication, sent until it is known whether it took effect, and never twice."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.publish.difference import Difference
from pipelines.publish.patience import failed, fault_of
from pipelines.publish.repository import Repository

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd

_MOVED = 412
"""The status of a commit whose parent is no longer the head."""

Holds = Callable[[str], bool]
"""Whether a commit holds exactly the version's files."""


def commit(
    repository: Repository,
    branch: str,
    changes: Difference,
    additions: "list[CommitOperationAdd]",
    message: tuple[str, str],
    holds: Holds,
) -> str | None:
    """Commit onto `changes.parent` alone; the new commit, or None where the head has moved and must be planned anew.

    A reply that is lost, or an error that comes after the commit took effect, looks like a failure. So after
    each failure the commit that follows the parent is looked at: if it holds exactly our files it is ours. As
    every try names the same parent, the Hub takes at most one of them.
    """
    what = f"committing to {repository.name}"
    waits = repository.patience.waits()
    while True:
        try:
            oid = _send(repository, branch, changes, additions, message)
        except Exception as error:
            fault = fault_of(error)
        else:
            # Without any change left to make, the library answers with whatever the head is.
            return oid if holds(oid) else _ours(repository, branch, changes.parent, holds)
        if not fault.passing and fault.status != _MOVED:
            raise failed(what, fault) from None
        if repository.state(branch).head != changes.parent:  # type: ignore[union-attr]
            return _ours(repository, branch, changes.parent, holds)
        wait = next(waits, None)
        if wait is None:
            raise failed(what, fault) from None
        repository.patience.rest(what, fault, wait, repository.say)


def _send(
    repository: Repository,
    branch: str,
    changes: Difference,
    additions: "list[CommitOperationAdd]",
    message: tuple[str, str],
) -> str:
    from huggingface_hub import CommitOperationDelete

    # Additions may be sent again after a failed commit: only a successful one uses them up.
    deletions = [CommitOperationDelete(path, is_folder=False) for path in changes.delete]
    done = repository.api.create_commit(
        repository.name,
        [*additions, *deletions],
        commit_message=message[0],
        commit_description=message[1],
        repo_type="dataset",
        revision=branch,
        parent_commit=changes.parent,
        num_threads=1,
    )
    return str(done.oid)


def _ours(repository: Repository, branch: str, parent: str, holds: Holds) -> str | None:
    child = repository.after(parent, branch)
    return child if child is not None and holds(child) else None
