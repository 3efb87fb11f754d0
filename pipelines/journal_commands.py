"""`corrigenda journal stats|compact|verify DIR`: what is in a journal, fewer files, is it whole."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.exceptions import InputError

if TYPE_CHECKING:
    from generators.engines.journals.examine import ModelStats

DONE, DAMAGED = 0, 4


def add_actions(journal: argparse.ArgumentParser) -> None:
    """Give `journal` its sub-commands."""
    actions = journal.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, short in (
        ("stats", _stats, "count records, bytes, and completions, tokens and scores by model"),
        ("compact", _compact, "merge the files of finished writers into few compressed ones"),
        ("verify", _verify, "check every checksum; exit code 4 where something is damaged"),
    ):
        action = actions.add_parser(name, help=short, description=short)
        action.add_argument(
            "folder", type=Path, metavar="DIR", help="a journal, e.g. work/journal of a build"
        )
        action.set_defaults(run=run)
        if name == "compact":
            action.add_argument(
                "--include-open",
                action="store_true",
                help="merge also files that were written to in the last 24 hours and never closed: only when "
                "no build that uses this journal is running, on any machine",
            )


def _stats(args: argparse.Namespace) -> int:
    from generators.engines.journals.examine import stats

    found = stats(_folder(args.folder))
    ratio = found.text_bytes / found.disk_bytes if found.disk_bytes else 1.0
    print(f"records  {found.records:,}")
    print(f"files    {found.files:,} ({found.open:,} open)")
    print(f"bytes    {found.disk_bytes:,} on disk, {found.text_bytes:,} of text ({ratio:.1f} to 1)")
    for name, model in sorted(found.models.items()):
        print(f"{name or '(unnamed model)'}")
        print(f"    completions  {model.completions:,} ({model.tokens:,} tokens)")
        print(f"    scores       {model.scores:,}")
        print(f"    written      {_span(model)}")
    return DONE


def _compact(args: argparse.Namespace) -> int:
    from generators.engines.journals.compact import compact

    before = _size(_folder(args.folder))
    done = compact(args.folder, include_open=args.include_open)
    print(
        f"merged {done.merged:,} files into {len(done.written):,}: {done.records:,} records, "
        f"{done.doubles:,} doubles left out; {before:,} bytes before, {_size(args.folder):,} now"
    )
    for path in done.open:
        print(f"left {path}: it may still be written (--include-open merges it too)")
    for path in done.damaged:
        print(f"left {path}: it is damaged, see `corrigenda journal verify`", file=sys.stderr)
    return DAMAGED if done.damaged else DONE


def _verify(args: argparse.Namespace) -> int:
    from generators.engines.journals.examine import verify

    found = verify(_folder(args.folder))
    for damage in found.damages:
        print(f"{damage.path}:{damage.offset}: {damage.what}", file=sys.stderr)
    for torn in found.torn:
        print(f"{torn.path}:{torn.offset}: {torn.what}, never used: no loss")
    print(
        f"{found.records:,} records in {found.files:,} files, {found.doubles:,} doubles, "
        f"{len(found.damages):,} damaged"
    )
    if found.damages:
        print("what is damaged is bought again when a build asks for it", file=sys.stderr)
    return DAMAGED if found.damages else DONE


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError(f"there is no journal {folder}: name a folder, e.g. work/journal of a build")
    return folder


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _span(model: "ModelStats") -> str:
    if not model.newest:
        return "at unknown times"
    first, last = (time.strftime("%Y-%m-%d %H:%M", time.gmtime(at)) for at in (model.oldest, model.newest))
    return f"{first} to {last} UTC"
