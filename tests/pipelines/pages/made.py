"""A small dataset with every kind of row, and one whose texts attack what shows them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from generators.recipes.base import Recipe
from pipelines.config_file import load
from pipelines.files import sha256_of
from pipelines.tables import write_tables
from schemas.manifest import DataFile, Manifest
from tests.building import built
from tests.world import write_world

RECIPES = (
    "lemma", "partial_answer_masking", "step_labels", "step_pairs", "stepwise_correction", "verifier_pairs",
    "proposer_verifier", "introspection", "self_braking", "refine_or_stop", "hinted_critique",
)  # fmt: skip

HOSTILE = (
    "</script><script>alert(1)</script>",
    "```\n# not a heading\n| a | b |\n~~~\n````",
    "---\nlicense: evil\n---\n<details>",
    "a\"b'c&lt;d<img src=x onerror=alert(1)>\\|`x`|y\r\n\x0b\u2028\u202e",
    "[x](javascript:alert(1)) **b** _i_ $$x$$ </div></details></article></style>",
)


def made(folder: Path, *changes: str) -> tuple[Path, Manifest, list[Recipe]]:
    """A finished build, its manifest and its recipes."""
    recipes = f"recipes=[{', '.join(f'{{type: {name}}}' for name in RECIPES)}]"
    config = write_world(folder, 10)
    outcome = built(config, folder / "out", recipes, *changes)
    assert outcome.manifest is not None
    return folder / "out", outcome.manifest, load(config, [recipes, *changes]).recipes_made()


def attacked(out: Path, manifest: Manifest) -> Manifest:
    """The dataset's texts and names replaced by hostile ones of the same kinds."""
    files = []
    for number, file in enumerate(manifest.files):
        path = out / file.path
        evil = HOSTILE[number % len(HOSTILE)] * 5
        frame = pl.DataFrame(pq.read_table(path)).with_columns(
            *(
                pl.lit(evil[:90]).alias(c)
                for c in ("variant", "source", "licence", "error_kind", "verified_by")
            )
        )
        for name in ("messages", "prompt", "chosen", "rejected"):
            if name in frame.columns and frame.schema[name] != pl.String:
                said = pl.struct(pl.element().struct.field("role"), pl.lit(evil).alias("content"))
                frame = frame.with_columns(pl.col(name).list.eval(said))
        for name in ("prompt", "text", "evidence", "reason", "answer", "model"):
            if frame.schema.get(name) == pl.String:
                frame = frame.with_columns(pl.lit(evil).alias(name))
        if "completions" in frame.columns:
            frame = frame.with_columns(pl.col("completions").list.eval(pl.lit(evil)))
        table = frame.to_arrow().cast(pq.read_schema(path))
        write_tables(path, file.table, [table])
        files.append(
            DataFile(file.path, file.table, file.split, file.rows, path.stat().st_size, sha256_of(path))
        )
    return replace(manifest, name=HOSTILE[2], files=tuple(files))


def names(recipes: Sequence[Recipe]) -> list[str]:
    """Their names."""
    return [recipe.name for recipe in recipes]
