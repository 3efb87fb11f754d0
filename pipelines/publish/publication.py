"""Publishing a build's folder: checked first, then brought whole to the Hub, or to a folder or object store."""

from pathlib import Path

from pipelines.publish.options import PublishOptions
from pipelines.publish.patience import Say
from pipelines.publish.published import Published


def publish(folder: Path, options: PublishOptions, *, dry_run: bool = False, say: Say) -> Published:
    """Publish the finished build in `folder`; the same call again finishes what was interrupted, and does nothing
    where all is done.

    `say` is given lines for people. With `dry_run` the plan is said and nothing changed. Raises InputError for a
    folder that must not be published (unfinished, damaged, a failed quality gate), ConfigError for a target that
    cannot be (another version has the tag, the repository is public), PublishError where the target does not take
    it or does not give it back; no message holds a secret.
    """
    from pipelines.publish.bundle import read_bundle
    from pipelines.publish.redaction import quiet_libraries, redacted

    def safely(line: str) -> None:
        say(redacted(line))

    bundle = read_bundle(folder, options.dropped)
    safely(f"{folder}: {len(bundle.files)} files, {bundle.bytes:,} bytes, as the manifest says")
    if options.to:
        from pipelines.publish.storage import publish_to_storage

        return publish_to_storage(bundle, options, dry_run=dry_run, say=safely)
    from pipelines.publish.hub import publish_to_hub

    with quiet_libraries():
        return publish_to_hub(bundle, options, dry_run=dry_run, say=safely)
