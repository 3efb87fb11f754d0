"""`corrigenda diff A B`: what a newer version of a dataset has that an older one has not, and why."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE = 0

_WHAT = (
    "Compare two versions of a dataset: rows added, removed and changed, by recipe and reason; distributions that "
    "moved; new contamination. A version is a folder that `corrigenda build` wrote, ORG/NAME or ORG/NAME@REVISION on "
    "the Hub, or a URL such as s3://bucket/folder. Exit code 0 whether they differ or not."
)


def add_diff(commands: "Commands") -> None:
    """Give `corrigenda` the command."""
    diff = commands.add_parser(
        "diff", help="say what changed between two versions of a dataset", description=_WHAT
    )
    diff.add_argument("a", metavar="A", help="the older version")
    diff.add_argument("b", metavar="B", help="the newer version")
    diff.add_argument(
        "--rows", type=_count, default=0, metavar="N", help="show N rows of every change and reason"
    )
    shape = diff.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print JSON: all counts, nothing cut")
    shape.add_argument("--markdown", action="store_true", help="print Markdown, as a dataset card holds it")
    diff.set_defaults(run=_diff)


def _diff(args: argparse.Namespace) -> int:
    import json

    from pipelines.diff.compare import difference
    from pipelines.diff.opened import opened

    with opened(args.a) as (a, was), opened(args.b) as (b, now):
        found = difference(a, b, rows=args.rows, labels=(was, now))
    if args.json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    elif args.markdown:
        from pipelines.diff.markdown import to_markdown

        print(to_markdown(found), end="")
    else:
        from pipelines.diff.terminal import print_difference

        print_difference(found)
    return DONE


def _count(written: str) -> int:
    number = int(written)
    if number < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, got {number}")
    return number
