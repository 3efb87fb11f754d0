"""A small dataset that is built once, and damaged copies of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generators.engines.render import PlainRenderer
from pipelines.gates.again import read_manifest
from pipelines.gates.base import GATES, Examined
from pipelines.members import member
from pipelines.tables import write_rows
from schemas.manifest import GateResult
from tests.building import built
from tests.world import write_world

Row = dict[str, Any]

RECIPES = ("partial_answer_masking", "step_labels", "stepwise_correction", "verifier_pairs")
_CHANGE = f"recipes=[{', '.join(f'{{type: {name}}}' for name in RECIPES)}]"


def small_dataset(folder: Path) -> Path:
    """A finished build of a world of 10 problems, in `folder/out`; its config is `folder/world.yaml`."""
    config = write_world(folder, 10)
    built(config, folder / "out", _CHANGE, "gates=[]")
    return folder / "out"


def copied(dataset: Path, folder: Path) -> Path:
    """A copy that may be changed."""
    shutil.copytree(dataset, folder, ignore=shutil.ignore_patterns("work"))
    return folder


def rewritten(dataset: Path, table: str, change: Callable[[list[Row]], list[Row]]) -> None:
    """Every file of a table with its rows changed."""
    import pyarrow.parquet as pq

    for path in sorted((dataset / "data" / table).glob("*.parquet")):
        write_rows(path, table, change(pq.read_table(path).to_pylist()))


def found(dataset: Path, gate: str, data_dir: Path | None = None, **options: object) -> GateResult:
    """What one gate finds, the policy's tokens being characters."""
    examined = Examined(dataset, read_manifest(dataset), data_dir or Path(), PlainRenderer())
    return member(GATES, {"type": gate, **options}, "gates.0").examine(examined)


def with_manifest(dataset: Path, **changes: object) -> None:
    """The manifest with some entries changed."""
    path = dataset / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")
