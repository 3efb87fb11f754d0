"""`corrigenda journal stats|compact|verify PLACE`: what is in a journal, fewer files, is it whole."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.exceptions import InputError

if TYPE_CHECKING:
    from generators.engines.journals.examine import ModelStats
    from generators.engines.journals.store import Store

DONE, DAMAGED = 0, 4
_MOST_SHOWN = 20
"""Files named one by one; under a URL every writer has hundreds of parts."""


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
            "place", metavar="PLACE", help="a journal: a folder, e.g. work/journal of a build, or a URL"
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

    with _reading():
        found = stats(_place(args.place))
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
    from generators.engines.journals.object_compact import compact_objects

    with _reading():
        place = _place(args.place)
        before = _size(place)
        if isinstance(place, Path):
            done = compact(place, include_open=args.include_open)
        else:
            done = compact_objects(place, include_open=args.include_open)
        after = _size(place)
    print(
        f"merged {done.merged:,} files into {len(done.written):,}: {done.records:,} records, "
        f"{done.doubles:,} doubles left out; {before:,} bytes before, {after:,} now"
    )
    shown = done.open if len(done.open) <= _MOST_SHOWN else []
    if not shown and done.open:
        print(f"left {len(done.open):,} files of writers that may go on (--include-open merges them too)")
    for path in shown:
        print(f"left {_shown(place, path)}: it may still be written (--include-open merges it too)")
    for path in done.damaged:
        print(f"left {_shown(place, path)}: it is damaged, see `corrigenda journal verify`", file=sys.stderr)
    return DAMAGED if done.damaged else DONE


def _verify(args: argparse.Namespace) -> int:
    from generators.engines.journals.examine import verify

    with _reading():
        place = _place(args.place)
        found = verify(place)
    for damage in found.damages:
        print(f"{_shown(place, damage.path)}:{damage.offset}: {damage.what}", file=sys.stderr)
    for torn in found.torn:
        print(f"{_shown(place, torn.path)}:{torn.offset}: {torn.what}, never used: no loss")
    print(
        f"{found.records:,} records in {found.files:,} files, {found.doubles:,} doubles, "
        f"{len(found.damages):,} damaged"
    )
    if found.damages:
        print("what is damaged is bought again when a build asks for it", file=sys.stderr)
    return DAMAGED if found.damages else DONE


def _place(where: str) -> "Path | Store":
    from generators.engines.journals.objects import segments
    from generators.engines.journals.place import folder_of
    from generators.engines.journals.store import Store
    from generators.engines.journals.url import is_url

    if is_url(where):
        store = Store(where)
        if not segments(store):
            raise InputError(
                f"there is no journal at {store.url}: name the URL that builds have as run.journal"
            )
        return store
    folder = folder_of(where)
    if not folder.is_dir():
        raise InputError(f"there is no journal {folder}: name a folder, e.g. work/journal of a build")
    return folder


@contextmanager
def _reading() -> Iterator[None]:
    """What a store says when it cannot be read or written, as InputError; files' own errors as they are."""
    from generators.engines.journals.url import is_url

    try:
        yield
    except OSError as error:
        if not is_url(str(error.filename)):
            raise
        raise InputError(f"the journal {error.filename} cannot be used: {error.strerror}") from None


def _size(place: "Path | Store") -> int:
    from generators.engines.journals.objects import segments

    if not isinstance(place, Path):
        return sum(segments(place).values())
    return sum(path.stat().st_size for path in place.iterdir() if path.is_file())


def _shown(place: "Path | Store", path: Path) -> str:
    return str(path) if isinstance(place, Path) else f"{place.url}/{path}"


def _span(model: "ModelStats") -> str:
    if not model.newest:
        return "at unknown times"
    first, last = (time.strftime("%Y-%m-%d %H:%M", time.gmtime(at)) for at in (model.oldest, model.newest))
    return f"{first} to {last} UTC"
