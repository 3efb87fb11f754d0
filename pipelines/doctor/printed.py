"""What `corrigenda doctor` prints: a table with the worst first, JSON, or what a finding means."""

import json
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.findings import LEVELS, Finding, Kind, worst

_STYLES = {"ok": "green", "note": "cyan", "warning": "yellow", "error": "bold red"}
_TITLES = {"ok": "well", "note": "good to know", "warning": "could be better", "error": "must be mended"}
_WIDTH = 100

Found = Mapping[str, Sequence[Finding]]


def print_found(found: Found, console: Console | None = None) -> None:
    """A table for each level, what is well last."""
    console = console or Console(highlight=False)
    everything = [finding for findings in found.values() for finding in findings]
    for level in reversed(LEVELS):
        own = [finding for finding in everything if finding.level == level]
        if own:
            console.print(_table(f"{level}: {_TITLES[level]}", own, _STYLES[level]))
    counts = Counter(finding.level for finding in everything)
    said = ", ".join(f"{counts[level]} {level}" for level in reversed(LEVELS) if counts[level])
    console.print(f"{said}. What one means: corrigenda doctor --explain SLUG", markup=False, soft_wrap=True)


def as_json(found: Found) -> str:
    """`{"level": …, "findings": [{"check", "slug", "level", "found", "means", "todo"}, …]}`, the worst first."""
    rows = [{"check": check, **asdict(finding)} for check, findings in found.items() for finding in findings]
    rows.sort(key=lambda row: -LEVELS.index(row["level"]))
    level = worst(finding for findings in found.values() for finding in findings)
    return json.dumps({"level": level, "findings": rows}, ensure_ascii=False, indent=2)


def explained(kind: Kind) -> str:
    """A kind in a few lines for a terminal."""
    lines = [f"{kind.slug} ({kind.level})", *_wrapped(kind.means)]
    return "\n".join([*lines, *_wrapped(f"What to do: {kind.todo}")] if kind.todo else lines)


def explained_row(kind: Kind) -> str:
    """A kind as a row of the page's table."""
    return f"| `{kind.slug}` | {kind.level} | {kind.means} | {kind.todo} |"


def _table(title: str, findings: Sequence[Finding], style: str) -> Table:
    table = Table(title=title, title_style=style, title_justify="left", expand=False, show_header=False)
    table.add_column(style=style, no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        said = Text(finding.found)
        if finding.todo and finding.level != "ok":
            said.append(f"\n{finding.todo}", style="dim")
        table.add_row(finding.slug, said)
    return table


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
