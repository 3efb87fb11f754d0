"""A difference in the terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.diff.difference import Difference, Example, Version
from pipelines.diff.sections import Section, sections

_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def print_difference(found: Difference, console: Console | None = None) -> None:
    """Print every part that has something to say, then the examples."""
    console = console or Console(highlight=False)
    for name, version in (("before", found.a), ("now", found.b)):
        console.print(Text.assemble((f"{name:7}", "bold"), _version(version)), soft_wrap=True)
    for section in sections(found):
        _print(section, console)
    for example in found.examples:
        _example(example, console)


def _version(version: Version) -> str:
    made = f"Corrigenda {version.version}" if version.version != "unknown" else ""
    said = (version.label, version.name, made, f"format {version.format_version}", version.build_id)
    return " · ".join(part for part in dict.fromkeys(said) if part)


def _print(section: Section, console: Console) -> None:
    console.print()
    console.print(Text(section.title, "bold red" if section.warning else "bold"))
    for line in section.lines:
        console.print(Text(f"  {line}", "red" if section.warning else ""), soft_wrap=True)
    if not section.rows:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, head in enumerate(section.head):
        numeric = all(_is_number(row[number]) for row in section.rows)
        table.add_column(
            Text(head, "dim"), justify="right" if numeric else "left", no_wrap=number < 2, overflow="fold"
        )
    for row in section.rows:
        table.add_row(*(Text(cell, _COLOURS.get(cell[:1], "") if _is_number(cell) else "") for cell in row))
    console.print(table)


def _is_number(cell: str) -> bool:
    return not cell.strip("+-~,.%e0123456789")


def _example(example: Example, console: Console) -> None:
    console.print()
    named = (example.table, example.recipe, example.variant, example.problem_id)
    ids = " -> ".join(dict.fromkeys(filter(None, (example.id_a, example.id_b))))
    title = f"── {example.change}, {example.reason}: {' · '.join(filter(None, (*named, ids)))}"
    console.print(Text(title, "dim"), soft_wrap=True)
    for line in example.text.split("\n"):
        colour = _COLOURS.get(line[:1], "") if example.change == "changed" else ""
        console.print(Text(line, colour), soft_wrap=True)
