"""`corrigenda doctor`: can a build run here, and what would stop it? Says what each finding means."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.doctor.base import Situation

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, FOUND_ERRORS = 0, 2


def add_doctor(commands: "Commands") -> None:
    """The command and its options."""
    short = "look at this machine, and at a config's models, servers and folders, before a build"
    doctor = commands.add_parser(
        "doctor",
        help=short,
        description=f"{short[0].upper()}{short[1:]}; exit code 2 where a build would fail.",
    )
    doctor.add_argument("config", nargs="?", type=Path, help="YAML config; without one the machine alone")
    doctor.add_argument("--out", type=Path, metavar="DIR", help="folder of the build, there or to come")
    doctor.add_argument("--limit", type=int, metavar="N", help="use at most N problems")
    doctor.add_argument(
        "--set", action="append", default=[], dest="changes", metavar="KEY=VALUE", help="as with `build`"
    )
    doctor.add_argument(
        "--hub",
        nargs="?",
        const="",
        metavar="NAMESPACE",
        help="look at the Hub too: is it there, and may the token write to the user or organisation NAMESPACE",
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.add_argument(
        "--explain",
        metavar="SLUG",
        help="say what a finding means and what to do about it; `all` for every one",
    )
    doctor.set_defaults(run=_doctor)


def _doctor(args: argparse.Namespace) -> int:
    if args.explain:
        return _explain(args.explain)
    from pipelines.doctor.examine import examine
    from pipelines.doctor.printed import as_json, print_found
    from pipelines.findings import worst

    found = examine(_situation(args))
    if args.json:
        print(as_json(found))
    else:
        print_found(found)
    level = worst(finding for findings in found.values() for finding in findings)
    return FOUND_ERRORS if level == "error" else DONE


def _situation(args: argparse.Namespace) -> "Situation":
    from pipelines.config_file import read
    from pipelines.doctor.base import Situation
    from schemas.exceptions import ConfigError

    config, refused = None, ""
    if args.config is not None:
        try:
            config = read(args.config, args.changes, args.limit)
        except ConfigError as error:
            refused = str(error)
    out = args.out.resolve() if args.out is not None else None
    publish = getattr(config, "publish", None)
    namespace = args.hub or str(getattr(publish, "repo", "") or "").rpartition("/")[0]
    return Situation(config, refused, out, args.hub is not None or publish is not None, namespace)


def _explain(slug: str) -> int:
    from pipelines.doctor.base import all_kinds
    from pipelines.doctor.printed import explained
    from schemas.family import nearest

    kinds = {kind.slug: kind for kind in all_kinds()}
    if slug != "all" and slug not in kinds:
        print(f"corrigenda: no finding is called {slug!r}{nearest(slug, kinds)}", file=sys.stderr)
        return FOUND_ERRORS
    wanted = kinds.values() if slug == "all" else [kinds[slug]]
    print("\n\n".join(map(explained, wanted)))
    return DONE
