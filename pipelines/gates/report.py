"""What the gates found, in words: a table for the command, a line each for a build's summary and its card."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas.manifest import GateResult, Manifest


def gate_lines(results: Sequence[GateResult]) -> list[str]:
    """A line for every gate."""
    return [f"gate {r.gate}: {'passed' if r.passed else 'FAILED'}; {r.said}" for r in results]


def summary_lines(manifest: Manifest | None, out: Path) -> list[str]:
    """What a build's summary says of its gates, and what a failed one means."""
    results = manifest.gates if manifest else ()
    lines = gate_lines(results)
    if any(not result.passed for result in results):
        lines.append(f"It is not published as it is; everything is kept. All of it: corrigenda gates {out}")
    return lines


def print_gates(results: Sequence[GateResult], console: Console | None = None) -> None:
    """The table, then everything the failed ones object to."""
    console = console or Console(highlight=False)
    if not results:
        console.print(
            "No gate is asked for: name some under `gates` in the config (docs/gates.md)", markup=False
        )
        return
    table = Table("gate", "", "what it found")
    for result in results:
        table.add_row(result.gate, "passed" if result.passed else "FAILED", escape(result.said))
    console.print(table)
    for result in results:
        if not result.passed and result.findings:
            console.print(f"{result.gate}:", markup=False)
            for finding in result.findings:
                console.print(f"  {finding}", markup=False, soft_wrap=True)
