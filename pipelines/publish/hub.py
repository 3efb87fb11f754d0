"""A version on the Hugging Face Hub: one commit on the parent it was planned on, loaded back, then tagged."""

from dataclasses import dataclass
from functools import partial

from pipelines.publish.bundle import Bundle
from pipelines.publish.commit import commit
from pipelines.publish.difference import Difference, difference
from pipelines.publish.loading import verify_revision
from pipelines.publish.options import PublishOptions
from pipelines.publish.patience import Patience, Say
from pipelines.publish.published import Published
from pipelines.publish.repository import PullRequest, Repository, State
from schemas.exceptions import ConfigError, InputError, PublishError

_MAIN = "main"


@dataclass(frozen=True)
class _Target:
    """The branch that is committed to."""

    repository: Repository
    branch: str
    request: PullRequest | None = None

    @property
    def url(self) -> str:
        return self.request.url if self.request else self.repository.url


def publish_to_hub(bundle: Bundle, options: PublishOptions, *, dry_run: bool, say: Say) -> Published:
    """Bring a bundle to `options.repo`; the promises stand in docs/publishing.md.

    ConfigError, InputError before anything is sent; PublishError where the Hub refuses or does not answer.
    """
    repository = Repository(options.repo, Patience(options.tries, options.wait_s), say)
    tag = options.tag_for(bundle.content)
    _refuse_unreachable(dry_run)
    state = repository.state()
    if dry_run:
        return _plan_only(bundle, options, repository, state, tag)
    if state is None:
        repository.create(options.private)
        state = repository.state()
        if state is None:
            raise PublishError(f"{options.repo} was created and is not found; publish again in a minute")
    _check(state, options)
    changes = _changes(bundle, repository, state.head)
    target = _Target(repository, _MAIN)
    if options.pr and changes:
        request = repository.pull_request(*_message(bundle, "", with_content=True))
        target = _Target(repository, request.branch, request)
        state = _state(target)
        changes = _changes(bundle, repository, state.head)
    return _publish(bundle, options, target, state, changes, tag, say)


def _publish(
    bundle: Bundle,
    options: PublishOptions,
    target: _Target,
    state: State,
    changes: Difference,
    tag: str,
    say: Say,
) -> Published:
    repository = target.repository
    committed, sent = False, changes
    revision = state.head
    for _ in range(options.tries):
        _check_tag(state, tag, changes)
        if not changes:
            revision = state.head
            break
        _say_plan(changes, say)
        done = _commit(bundle, target, changes, tag)
        if done is not None:
            committed, revision, sent = True, done, changes
            break
        say("somebody else has committed in between: planning again on the new head")
        state = _state(target)
        changes = _changes(bundle, repository, state.head)
    else:
        raise PublishError(
            f"{repository.name} was changed by somebody else {options.tries} times in between: publish again when "
            "it is quiet"
        )
    verified = {}
    if committed or not tag or state.tags.get(tag) != revision:
        whole = options.load_whole_bytes is None or bundle.bytes <= options.load_whole_bytes
        verified = verify_revision(bundle, repository.name, revision, whole, repository.patience, say)
    if tag:
        repository.tag(tag, revision, f"Content {bundle.content[:12]}")
    if target.request:
        repository.show_pull_request(target.request)
    if not committed:
        say("nothing had changed: no commit")
    return Published(
        where=target.url,
        revision=revision,
        tag=tag,
        committed=committed,
        uploaded=len(sent.add) if committed else 0,
        uploaded_bytes=sent.bytes if committed else 0,
        unchanged=len(bundle.files) - (len(sent.add) if committed else 0),
        deleted=len(sent.delete) if committed else 0,
        verified=verified,
    )


def _commit(bundle: Bundle, target: _Target, changes: Difference, tag: str) -> str | None:
    """Upload and commit; the commit, or None where the head has moved."""
    repository = target.repository
    card = next((f for f in changes.add if f.path == "README.md"), None)
    if card:
        repository.validate_card(card.at.read_text(encoding="utf-8"))
    additions = repository.upload(changes.add, target.branch)

    def holds(revision: str) -> bool:
        return not _changes(bundle, repository, revision)

    return commit(repository, target.branch, changes, additions, _message(bundle, tag), holds)


def _plan_only(
    bundle: Bundle, options: PublishOptions, repository: Repository, state: State | None, tag: str
) -> Published:
    say = repository.say
    if state is None:
        say(f"{repository.name} does not exist, or this token may not see it: it would be created")
        changes = Difference("", bundle.files, (), ())
    else:
        _check(state, options)
        changes = _changes(bundle, repository, state.head)
        _check_tag(state, tag, changes)
    _say_plan(changes, say)
    if tag and state is not None and tag in state.tags:
        say(f"tag {tag} is there")
    elif tag:
        say(f"would tag it {tag}")
    say("dry run: nothing was changed")
    return Published(
        where=repository.url,
        revision="" if changes or state is None else state.head,
        tag=tag,
        committed=False,
        uploaded=len(changes.add),
        uploaded_bytes=changes.bytes,
        unchanged=len(changes.unchanged),
        deleted=len(changes.delete),
    )


def _say_plan(changes: Difference, say: Say) -> None:
    if not changes:
        say(f"all {len(changes.unchanged)} files are there as they are here: no commit is needed")
        return
    on = f" on {changes.parent[:12]}" if changes.parent else ""
    say(
        f"one commit{on}: {len(changes.add)} files to add ({changes.bytes:,} bytes), "
        f"{len(changes.delete)} to delete, {len(changes.unchanged)} unchanged"
    )
    for file in changes.add:
        say(f"  + {file.path} ({file.bytes:,} bytes)")
    for path in changes.delete:
        say(f"  - {path}")


def _changes(bundle: Bundle, repository: Repository, revision: str) -> Difference:
    return difference(
        bundle, revision, repository.files(revision), partial(repository.manifest_text, revision)
    )


def _state(target: _Target) -> State:
    state = target.repository.state(target.branch)
    if state is None:
        raise PublishError(f"{target.repository.name} is gone: it was there a moment ago")
    return state


def _check(state: State, options: PublishOptions) -> None:
    if options.private and not state.private:
        raise ConfigError(
            f"{options.repo} is public, and `private` is true: publish with --public (`private: false`), or make "
            "the repository private in its settings"
        )


def _check_tag(state: State, tag: str, changes: Difference) -> None:
    """A tag never moves: readers rely on it."""
    there = state.tags.get(tag, "") if tag else ""
    if there and (changes or there != state.head):
        raise ConfigError(
            f"tag {tag!r} names commit {there[:12]} already, and this version is another: choose another tag "
            "(`{content}` or `{date}` in it makes one for each version), or delete that one on the Hub"
        )


def _refuse_unreachable(dry_run: bool) -> None:
    from huggingface_hub import constants, get_token

    if constants.HF_HUB_OFFLINE:
        raise InputError("HF_HUB_OFFLINE is set, so nothing can be published: unset it, or publish with --to")
    if not dry_run and not get_token():
        raise InputError("no access token for the Hub: run `hf auth login`, or set HF_TOKEN")


def _message(bundle: Bundle, tag: str, with_content: bool = False) -> tuple[str, str]:
    """Title and description of the commit or pull request; the same for the same content."""
    title = f"Publish {bundle.manifest.name[:100]} {tag}".strip()
    if with_content:
        title += f" ({bundle.content[:12]})"
    rows = "\n".join(f"* {name}: {count:,} rows" for name, count in bundle.rows().items())
    return title, f"Content {bundle.content}, build {bundle.manifest.build_id or 'unnamed'}.\n\n{rows}\n"
