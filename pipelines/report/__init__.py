"""The report: one page with the figures of a build and rows of every recipe with their lineage."""

from collections.abc import Sequence
from pathlib import Path

from generators.recipes.base import Recipe
from pipelines.figures.choice import spread
from pipelines.figures.columns import Columns, read_columns
from pipelines.files import write_text
from pipelines.report.lineage import Row, lineage_of, rows_of
from pipelines.report.page import examples, facts, page
from schemas.manifest import Manifest

_LARGEST = 1_900_000
"""Bytes of the page: it is opened in a browser, mailed, and read on a phone."""

_EFFORTS = ((3, 20_000), (2, 6_000), (1, 3_000), (1, 1_000), (1, 300))
"""Rows of each recipe and variant, and characters of a text, tried in turn until the page is small enough."""


def write_report(
    out: Path, manifest: Manifest, recipes: Sequence[Recipe], columns: Columns | None = None
) -> Path:
    """Write `report.html` from the manifest and the shards in `out`, and return its path; `columns` where they are
    read already. The page needs no network; the same dataset gives the same bytes."""
    columns = columns or read_columns(out, manifest)
    shown = _shown(out, manifest, columns)
    known = lineage_of(out, manifest, columns, [row for rows in shown.values() for row in rows])
    head, text = facts(manifest, recipes, columns), ""
    for rows, most in _EFFORTS:
        few = {key: found[:rows] for key, found in shown.items()}
        text = page(manifest.name, head + examples(recipes, few, known, most))
        if len(text.encode()) <= _LARGEST:
            break
    path = out / "report.html"
    write_text(path, text)
    return path


def _shown(out: Path, manifest: Manifest, columns: Columns) -> dict[tuple[str, str, str], list[Row]]:
    """Rows of every recipe, table and variant."""
    groups = spread(columns, _EFFORTS[0][0])
    found: dict[str, dict[int, Row]] = {
        table: rows_of(
            out, manifest, table, [p for key, places in groups.items() if key[1] == table for p in places]
        )
        for table in columns.frames
        if table != "attempts"
    }
    return {key: [found[key[1]][place] for place in places] for key, places in groups.items()}
