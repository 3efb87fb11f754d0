"""`corrigenda verify KIND`: the arguments of each kind. What they run is imported when they run."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Kinds = argparse._SubParsersAction[argparse.ArgumentParser]

LEVELS = ("rlimits", "seccomp", "namespaces", "wasm")


def add_kinds(verify: argparse.ArgumentParser) -> None:
    """Give `verify` its sub-commands."""
    kinds = verify.add_subparsers(dest="kind", required=True, metavar="KIND")
    _add_math(kinds)
    _add_code(kinds)
    _add_sql(kinds)


def _add_math(kinds: "Kinds") -> None:
    math = _kind(
        kinds,
        "math",
        _math,
        "judge answers against references",
        "Reads JSON lines with reference, answer and, if wanted, params; writes every line with verdict, "
        "reason, method and seconds added. Either text may be an answer or hold one.",
    )
    math.add_argument(
        "--preset",
        choices=("published", "strict"),
        default="published",
        help="published: the readings public answer files take for granted (decimal comma, bare lists "
        "as tuples); strict: those of a build (default: published)",
    )
    math.add_argument("--workers", type=int, metavar="N", help="worker processes (default: 1)")
    math.add_argument("--cache", type=Path, metavar="DIR", help="keep workers' verdicts here for later runs")
    math.add_argument(
        "--disagreements",
        type=Path,
        metavar="FILE",
        help="add pairs on which two methods differ to this file",
    )


def _add_code(kinds: "Kinds") -> None:
    code = _kind(
        kinds,
        "code",
        _code,
        "judge programs by tests",
        "Reads JSON lines with program and tests (assert statements or {stdin, stdout}) and, if wanted, "
        "hidden_tests, test_imports, entry_point and reference; writes every line with verdict, reason, "
        "passed, feedback, isolation, strength, flags and seconds added.",
    )
    code.add_argument(
        "--minimum",
        choices=LEVELS,
        default="seccomp",
        help="weakest isolation that will do; the strongest that works is used (default: seccomp)",
    )
    code.add_argument("--slots", type=int, metavar="N", help="programs run at once (default: 4 a core)")
    code.add_argument(
        "--site-packages", action="store_true", help="let programs import what is installed here, e.g. numpy"
    )
    code.add_argument(
        "--from-reply", action="store_true", help="program is a model's reply: take its code block"
    )


def _add_sql(kinds: "Kinds") -> None:
    sql = _kind(
        kinds,
        "sql",
        _sql,
        "judge queries by their results",
        "Reads JSON lines with query, schema, rows and either reference or expected; writes every line with "
        "verdict, reason, feedback, flags, isolation and seconds added.",
    )
    sql.add_argument(
        "--from-reply", action="store_true", help="query is a model's reply: take its code block"
    )
    sql.add_argument("--workers", type=int, metavar="N", help="worker processes (default: 1)")


def _kind(
    kinds: "Kinds", name: str, run: Callable[[argparse.Namespace], int], short: str, description: str
) -> argparse.ArgumentParser:
    kind = kinds.add_parser(name, help=short, description=description)
    kind.add_argument("--in", type=Path, required=True, dest="source", metavar="F", help="file to judge")
    kind.add_argument("--out", type=Path, required=True, dest="target", metavar="G", help="file to write")
    kind.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="KEY=VALUE",
        help="change one option of the judge, e.g. deadline_s=1; a wrong key lists all; may be repeated",
    )
    kind.set_defaults(run=run)
    return kind


def _math(args: argparse.Namespace) -> int:
    from filters.verify.math.options import JudgeOptions
    from pipelines.verify.math import verify_math
    from pipelines.verify.options import changed

    base = JudgeOptions.published() if args.preset == "published" else JudgeOptions()
    given = {"workers": args.workers, "cache_dir": args.cache, "disagreements": args.disagreements}
    return verify_math(args.source, args.target, changed(base, args.changes, given))


def _code(args: argparse.Namespace) -> int:
    from filters.verify.code.options import ProgramOptions
    from pipelines.verify.code import verify_code
    from pipelines.verify.options import changed

    return verify_code(
        args.source,
        args.target,
        args.minimum,
        changed(ProgramOptions(), args.changes),
        slots=args.slots,
        site_packages=args.site_packages,
        from_reply=args.from_reply,
    )


def _sql(args: argparse.Namespace) -> int:
    from filters.verify.sql.options import SqlOptions
    from pipelines.verify.options import changed
    from pipelines.verify.sql import verify_sql

    options = changed(SqlOptions(), args.changes, {"workers": args.workers})
    return verify_sql(args.source, args.target, options, from_reply=args.from_reply)
