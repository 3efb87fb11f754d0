"""Writes the tables of docs/scale.md: the plan, what breaks first, the simulation, the figures.

python -m bench.scale_page
"""

from pathlib import Path

from bench.findings_page import with_table
from bench.scale import figure_rows, limit_rows, plan_rows, recipe_rows, simulation_rows

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scale.md"


def with_tables(page: str) -> str:
    """The page with all its tables made anew."""
    for name, rows in (
        ("plan", plan_rows()),
        ("limits", limit_rows()),
        ("simulation", simulation_rows()),
        ("figures", figure_rows()),
        ("recipes", recipe_rows()),
    ):
        page = with_table(page, name, rows)
    return page


def main() -> None:
    """Write the page."""
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
