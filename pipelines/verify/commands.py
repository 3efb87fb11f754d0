"""`corrigenda verify KIND`: the arguments of each kind. What they run is imported when they run."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Kinds = argparse._SubParsersAction[argparse.ArgumentParser]


def add_kinds(verify: argparse.ArgumentParser) -> None:
    """Give `verify` its sub-commands, a line for each kind."""
    kinds = verify.add_subparsers(dest="kind", required=True, metavar="KIND")
    _add_math(kinds)


def _add_math(kinds: "Kinds") -> None:
    math = kinds.add_parser(
        "math",
        help="judge answers against references",
        description="Reads JSON lines with reference, answer and, if wanted, params; writes every line "
        "with verdict, reason, method and seconds added. Either text may be an answer or hold one.",
    )
    math.add_argument("--in", type=Path, required=True, dest="source", metavar="F", help="file of pairs")
    math.add_argument("--out", type=Path, required=True, dest="target", metavar="G", help="file to write")
    math.add_argument(
        "--preset",
        choices=("published", "strict"),
        default="published",
        help="published: the readings public answer files take for granted (decimal comma, bare lists "
        "as tuples); strict: those of a build (default: published)",
    )
    math.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="KEY=VALUE",
        help="change one option of the judge, e.g. decimal_places=2 or deadline_s=1; may be repeated",
    )
    math.add_argument("--workers", type=int, metavar="N", help="worker processes (default: 1)")
    math.add_argument("--cache", type=Path, metavar="DIR", help="keep workers' verdicts here for later runs")
    math.add_argument(
        "--disagreements",
        type=Path,
        metavar="FILE",
        help="add pairs on which two methods differ to this file",
    )
    math.set_defaults(run=_math)


def _math(args: argparse.Namespace) -> int:
    from pipelines.verify.math import judge_options, verify_math

    given = {"workers": args.workers, "cache_dir": args.cache, "disagreements": args.disagreements}
    options = judge_options(args.preset, args.changes, {k: v for k, v in given.items() if v is not None})
    return verify_math(args.source, args.target, options)
