"""`corrigenda gates DIR`: examine a finished dataset by its quality gates."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, GATE_FAILED = 0, 5

_WHAT = (
    "Examines a finished dataset by its quality gates, prints what each finds and writes the results into "
    "manifest.json and card. Exit code 5 where one did not pass: such a dataset is not published."
)


def add_gates(commands: "Commands") -> None:
    """Give the command line `gates`."""
    gates = commands.add_parser(
        "gates", help="examine a finished dataset by its quality gates", description=_WHAT
    )
    gates.add_argument("folder", type=Path, metavar="DIR", help="a dataset")
    gates.add_argument(
        "--config",
        type=Path,
        metavar="CONFIG",
        help="the build's config, maybe with other gates, or a file with `gates` alone (default: those it was "
        "examined by last)",
    )
    gates.set_defaults(run=_gates)


def _gates(args: argparse.Namespace) -> int:
    from pipelines.gates.again import examined_again
    from pipelines.gates.report import print_gates

    manifest = examined_again(args.folder, args.config)
    print_gates(manifest.gates)
    return DONE if all(result.passed for result in manifest.gates) else GATE_FAILED
