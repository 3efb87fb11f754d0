"""The dataset card: README.md with the Hub's metadata, so that the folder loads as it stands."""

from collections.abc import Sequence
from pathlib import Path

from generators.recipes.base import Recipe
from pipelines.card.header import header
from pipelines.card.sections import body
from pipelines.figures.columns import read_columns
from pipelines.files import write_text
from schemas.manifest import Manifest


def write_card(out: Path, manifest: Manifest, recipes: Sequence[Recipe]) -> None:
    """Write `README.md` from the manifest and the shards in `out`."""
    columns = read_columns(out, manifest)
    write_text(out / "README.md", f"---\n{header(manifest, columns)}---\n\n{body(out, manifest, recipes, columns)}")
