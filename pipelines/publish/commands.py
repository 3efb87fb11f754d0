"""`corrigenda publish DIR`: a finished dataset brought to the Hub, or to a folder or object store."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.publish.options import PublishOptions
    from pipelines.publish.published import Published

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE = 0


def add_publish(commands: "Commands") -> None:
    """Add `publish` to the command line."""
    publish = commands.add_parser(
        "publish",
        help="publish a finished dataset, whole or not at all, and load it back",
        description="Publish a finished build: one commit on the Hub, loaded back and compared row by row, then "
        "tagged. The same command again goes on where it was interrupted, and does nothing where all is done.",
    )
    publish.add_argument("folder", type=Path, metavar="DIR", help="a finished build")
    publish.add_argument("--repo", default="", metavar="ORG/NAME", help="dataset repository on the Hub")
    publish.add_argument(
        "--to", default="", metavar="URL", help="instead: a folder, or a URL that fsspec knows, e.g. s3://…"
    )
    seen = publish.add_mutually_exclusive_group()
    seen.add_argument(
        "--private", action="store_true", default=True, help="a new repository is private (default)"
    )
    seen.add_argument("--public", action="store_false", dest="private", help="a new repository is public")
    publish.add_argument(
        "--tag", default="", metavar="T", help="name this version; {date} and {content} are filled in"
    )
    publish.add_argument(
        "--pr", action="store_true", help="open a pull request instead of committing to main"
    )
    publish.add_argument(
        "--dropped", action="store_true", help="publish the rows left out, too, with their reasons"
    )
    publish.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    publish.set_defaults(run=_publish)


def _publish(args: argparse.Namespace) -> int:
    from pipelines.publish.publication import publish

    done = publish(args.folder, _options(args), dry_run=args.dry_run, say=_say)
    if not args.dry_run:
        print(_summary(done))
    return DONE


def _options(args: argparse.Namespace) -> "PublishOptions":
    import pydantic

    from pipelines.members import explain
    from pipelines.publish.options import PublishOptions
    from schemas.exceptions import ConfigError

    names = ("repo", "to", "private", "tag", "pr", "dropped")
    try:
        return PublishOptions(**{name: getattr(args, name) for name in names})
    except pydantic.ValidationError as error:
        raise ConfigError(explain(error, "publish", PublishOptions)) from None


def _say(line: str) -> None:
    print(line, flush=True)


def _summary(done: "Published") -> str:
    verb = "published" if done.committed else "is there already"
    parts = [
        f"{done.where} {verb}: revision {done.revision}",
        *([f"tag {done.tag}"] if done.tag else []),
        f"{done.uploaded} files added ({done.uploaded_bytes:,} bytes), {done.deleted} deleted, "
        f"{done.unchanged} unchanged",
        *(
            [f"{sum(done.verified.values()):,} rows in {len(done.verified)} splits verified"]
            if done.verified
            else []
        ),
    ]
    return ", ".join(parts)
