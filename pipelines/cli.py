"""The `corrigenda` command. Everything heavy is imported by the subcommand that needs it."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.diff.commands import add_diff
from pipelines.doctor.commands import add_doctor
from pipelines.gates.commands import GATE_FAILED, add_gates
from pipelines.journal_commands import add_actions
from pipelines.nightly_commands import add_nightly
from pipelines.publish.commands import add_publish
from pipelines.schema_command import add_schema
from pipelines.verify.commands import add_kinds
from schemas.exceptions import (
    ConfigError,
    CorrigendaError,
    InputError,
    JournalError,
    OverlapError,
    ResumeError,
)

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, BAD_CONFIG, TOO_MANY_FAILED, BUDGET_SPENT, OVERLAP, INTERRUPTED = 0, 2, 3, 4, 6, 130


def parser() -> argparse.ArgumentParser:
    """The command line; every subcommand sets `run`."""
    top = argparse.ArgumentParser(
        prog="corrigenda",
        description="Build verified correction datasets for language models from a model's own mistakes.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _add_build(commands)
    add_doctor(commands)
    _add_lists(commands)
    _add_readers(commands)
    add_diff(commands)
    _add_files(commands)
    add_nightly(commands)
    add_publish(commands)
    add_gates(commands)
    add_schema(commands)
    return top


def _add_build(commands: "Commands") -> None:
    build = commands.add_parser(
        "build",
        help="build a dataset from a config, or go on with a build",
        description="Build a dataset from a config, or go on with a build. Exit code 0: done; 2: the config or an "
        "input cannot be used; 3: too many cases failed; 4: the budget ended it; 5: it is written, and a quality gate "
        "did not pass.",
    )
    _add_config(build)
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the dataset")
    build.add_argument("--prefect", action="store_true", help="run the stages as tasks of a Prefect flow")
    build.set_defaults(run=_build)

    plan = commands.add_parser(
        "plan", help="say what a build will ask for, take and cost, and refuse what cannot work"
    )
    _add_config(plan)
    plan.add_argument(
        "--probe",
        type=_count,
        default=12,
        metavar="N",
        help="problems built for real to measure the rest by (default: 12; 0 asks no model)",
    )
    plan.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the build to come: its journal keeps the probe"
    )
    plan.add_argument("--json", action="store_true", help="print JSON")
    plan.set_defaults(run=_plan)


def _add_config(command: argparse.ArgumentParser) -> None:
    """What says which build it is."""
    command.add_argument("config", nargs="?", type=Path, help="YAML config; without one the embedded demo")
    command.add_argument("--limit", type=int, metavar="N", help="use at most N problems")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="KEY=VALUE",
        help="change one config value, e.g. policy.samples=4 or recipes.0.mistakes=2; may be repeated",
    )


def _add_lists(commands: "Commands") -> None:
    recipes = commands.add_parser("recipes", help="list the recipes with their papers and options")
    recipes.set_defaults(run=_recipes)
    errors = commands.add_parser("errors", help="list the kinds of mistakes")
    errors.set_defaults(run=_errors)


def _add_readers(commands: "Commands") -> None:
    """What looks at a dataset."""
    explain = commands.add_parser("explain", help="show a row and every record it came from")
    explain.add_argument("id", help="id of a row or an attempt")
    explain.add_argument("--in", type=Path, required=True, dest="folder", metavar="DIR", help="a dataset")
    explain.set_defaults(run=_explain)

    show = commands.add_parser("show", help="print rows, segments coloured by kind, masked text marked")
    show.add_argument("folder", type=Path, metavar="DIR", help="a dataset")
    show.add_argument("--config", default="sft", help="sft, preference, stepwise or attempts (default: sft)")
    show.add_argument("-n", type=_count, default=5, help="how many rows (default: 5)")
    show.add_argument("--recipe", default="", help="only rows of this recipe")
    show.set_defaults(run=_show)


def _add_files(commands: "Commands") -> None:
    """What works on a file of a person's own, line by line."""
    inject = commands.add_parser("inject", help="put proven mistakes into right solutions")
    inject.add_argument(
        "--in",
        type=Path,
        required=True,
        dest="source",
        metavar="F",
        help="JSON lines: question, solution, answer",
    )
    inject.add_argument("--out", type=Path, required=True, dest="target", metavar="G", help="file to write")
    inject.add_argument("--kind", default="", help="only mistakes of this kind (see `corrigenda errors`)")
    inject.add_argument(
        "--injector", default="", help="numbers or algebra (default: algebra where numbers finds nothing)"
    )
    inject.add_argument("--seed", type=int, default=0, help="another seed, other mistakes (default: 0)")
    inject.add_argument(
        "--like", type=Path, metavar="DIR", help="draw kinds as often as the policy of this dataset made them"
    )
    inject.set_defaults(run=_inject)

    diagnose = commands.add_parser("diagnose", help="find where answers of a file first go wrong, and how")
    diagnose.add_argument(
        "--in",
        type=Path,
        required=True,
        dest="source",
        metavar="F",
        help="JSON lines with question, answer, response and, if there is one, solution",
    )
    diagnose.add_argument("--out", type=Path, required=True, metavar="G", help="file to write")
    diagnose.set_defaults(run=_diagnose)

    verify = commands.add_parser("verify", help="judge a file of answers, programs or queries")
    add_kinds(verify)

    journal = commands.add_parser("journal", help="look after the folder that completions are kept in")
    add_actions(journal)


def _count(written: str) -> int:
    number = int(written)
    if number < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, got {number}")
    return number


def main(argv: list[str] | None = None) -> int:
    """Run a command: 0 done, 1 something gave up (an engine, the Hub), 2 bad config or input, 3 too many failed cases,
    4 the budget ended the build, 5 the dataset is written and a quality gate did not pass, 6 another run goes on."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (ConfigError, InputError, JournalError, ResumeError) as error:
        print(f"corrigenda: {error}", file=sys.stderr)
        return BAD_CONFIG
    except OverlapError as error:
        print(f"corrigenda: {error}", file=sys.stderr)
        return OVERLAP
    except CorrigendaError as error:
        print(f"corrigenda: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "corrigenda: interrupted; a build goes on where it was when the same command is run again",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:
        # `corrigenda show … | head`: nobody reads on, and Python's own flush at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        # A folder that cannot be written, a disk that is full: no defect, and no traceback.
        where = f"{error.filename}: " if error.filename else ""
        print(f"corrigenda: {where}{error.strerror or error}", file=sys.stderr)
        return BAD_CONFIG


def _build(args: argparse.Namespace) -> int:
    import asyncio

    from pipelines.config_file import load
    from pipelines.health import read_health
    from pipelines.progress import TerminalProgress, print_summary

    config = load(args.config, args.changes, args.limit)
    with TerminalProgress() as progress:
        if args.prefect or os.environ.get("PREFECT_API_URL") or config.run.runner.type != "local":
            from pipelines.flows.build import build_as_flow

            outcome = asyncio.run(build_as_flow(config, args.out, progress))
        else:
            from pipelines.build import build

            outcome = asyncio.run(build(config, args.out, progress))
    print_summary(outcome)
    if health := read_health(args.out):
        print("\n".join(health.lines()))
    if outcome.stopped:
        return BUDGET_SPENT
    if outcome.manifest is None:
        return TOO_MANY_FAILED
    return DONE if all(gate.passed for gate in outcome.manifest.gates) else GATE_FAILED


def _plan(args: argparse.Namespace) -> int:
    import json

    from pipelines.config_file import load
    from pipelines.preflight import preflight
    from pipelines.preflight_table import print_preflight

    ahead = preflight(load(args.config, args.changes, args.limit), args.probe, args.out)
    if args.json:
        print(json.dumps(ahead.as_json(), indent=2))
    else:
        print_preflight(ahead)
    return DONE


def _recipes(args: argparse.Namespace) -> int:
    from pipelines.listing import print_recipes

    print_recipes()
    return DONE


def _errors(args: argparse.Namespace) -> int:
    from pipelines.listing import print_errors

    print_errors()
    return DONE


def _inject(args: argparse.Namespace) -> int:
    from pipelines.inject import inject_file

    return inject_file(
        args.source,
        args.target,
        kind=args.kind,
        seed=args.seed,
        injector=args.injector,
        like=args.like,
    )


def _explain(args: argparse.Namespace) -> int:
    from pipelines.explain import explain

    explain(args.id, args.folder)
    return DONE


def _diagnose(args: argparse.Namespace) -> int:
    from pipelines.diagnose import diagnose

    return diagnose(args.source, args.out)


def _show(args: argparse.Namespace) -> int:
    from pipelines.show import show

    show(args.folder, args.config, args.n, args.recipe)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
