"""Writes the tables of docs/operations.md: events, checks and findings as the code has them.

python -m bench.findings_page
"""

import ast
from pathlib import Path

from pipelines.doctor.base import all_kinds, check_names, find_check
from pipelines.doctor.printed import explained_row
from pipelines.runlog import EVENTS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operations.md"


def events() -> list[str]:
    """Rows of the table of events."""
    return [f"| `{event}` | {holds} |" for event, holds in EVENTS.items()]


def checks() -> list[str]:
    """Rows of the table of checks, by the first line of each one's docstring."""
    rows = []
    for name in check_names():
        source = Path(str(find_check(name).__file__)).read_text(encoding="utf-8")
        rows.append(f"| `{name}` | {(ast.get_docstring(ast.parse(source)) or '').splitlines()[0]} |")
    return rows


def findings() -> list[str]:
    """Rows of the table of findings."""
    return [explained_row(kind) for kind in all_kinds()]


def with_table(page: str, name: str, rows: list[str]) -> str:
    """The page with the rows of the table that stands between its marks."""
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, rest = page.split(start, 1)
    head = rest.splitlines()[:2]
    return "\n".join([f"{before}{start}{head[0]}", head[1], *rows, end]) + rest.split(end, 1)[1]


def main() -> None:
    """Write the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, rows in (("events", events()), ("checks", checks()), ("findings", findings())):
        page = with_table(page, name, rows)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
