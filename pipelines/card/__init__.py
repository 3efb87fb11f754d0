"""The dataset card: README.md with the Hub's metadata, so that the folder loads as it stands."""

from collections.abc import Sequence
from pathlib import Path

from generators.recipes.base import Recipe
from pipelines.card.header import header
from pipelines.card.sections import body
from pipelines.figures.columns import Columns, read_columns
from pipelines.files import write_text
from schemas.manifest import Manifest


def write_card(
    out: Path, manifest: Manifest, recipes: Sequence[Recipe], columns: Columns | None = None
) -> None:
    """Write `README.md` from the manifest and the shards in `out`; `columns` where they are read already."""
    columns = columns or read_columns(out, manifest)
    text = f"---\n{header(manifest, columns)}---\n\n{body(out, manifest, recipes, columns)}"
    write_text(out / "README.md", text)
