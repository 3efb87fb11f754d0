"""Targets from end to end: exact cells, rounds that buy only what is new, and what falls short."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.dataset import rows
from tests.commands import corrigenda
from tests.world import write_world

CELLS = [
    {"recipe": "lemma", "variant": "fix_and_continue", "rows": 7},
    {"recipe": "partial_answer_masking", "error_kind": "none", "rows": 3},
]


def world(folder: Path, **changes: object) -> Path:
    path = write_world(folder, 12)
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**config, **changes}), encoding="utf-8")
    return path


def manifest(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return content


def test_cells_are_filled_exactly_and_the_rest_is_kept_with_its_reason(tmp_path: Path) -> None:
    config = world(tmp_path, targets={"cells": CELLS, "rounds": 0}, caps={"kind": 40})
    done = corrigenda("build", config, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "target lemma · fix_and_continue: 7 of 7 rows" in done.stdout
    made = [*rows(tmp_path / "out", "sft")]
    assert sum(r["recipe"] == "lemma" and r["variant"] == "fix_and_continue" for r in made) == 7
    assert sum(r["recipe"] == "partial_answer_masking" and r["error_kind"] == "none" for r in made) == 3
    counts = manifest(tmp_path / "out")["counts"]
    assert counts["kept.lemma"] == sum(r["recipe"] == "lemma" for r in made)
    import pyarrow.parquet as pq

    left = pq.read_table(tmp_path / "out" / "dropped" / "selection.parquet").to_pylist()
    assert Counter(r["reason"] for r in left)["over_target"] == counts["dropped.selection.over_target"] > 0
    assert all(json.loads(r["content"])["problem_id"] == r["problem_id"] for r in left)


def test_rounds_draw_problems_and_then_samples_and_buy_nothing_twice(tmp_path: Path) -> None:
    asked = {"cells": [{"recipe": "lemma", "variant": "fix_and_continue", "rows": 500}], "rounds": 3}
    config = world(tmp_path, limit=4, targets=asked)
    done = corrigenda("build", config, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    found = manifest(tmp_path / "out")
    assert found["counts"]["problems"] == 12 and found["counts"]["rounds"] == 4
    assert found["counts"]["attempts"] == 12 * 14
    cell = found["targets"][0]
    assert cell["asked"] == 500 > cell["got"] > 0
    assert f"{500 - cell['got']} short" in done.stdout
    # Once more into another folder from the same journal: the same bytes, and nothing bought.
    config.write_text(
        config.read_text(encoding="utf-8") + f"run: {{journal: {tmp_path / 'out' / 'work' / 'journal'}}}\n",
        encoding="utf-8",
    )
    again = corrigenda("build", config, "--out", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    second = manifest(tmp_path / "again")
    assert second["spent"]["bought"] == 0
    assert [f["sha256"] for f in second["files"]] == [f["sha256"] for f in found["files"]]


def test_rounds_end_as_soon_as_all_cells_are_full(tmp_path: Path) -> None:
    asked = {"cells": [{"recipe": "lemma", "rows": 9}], "rounds": 5}
    config = world(tmp_path, limit=4, targets=asked)
    assert corrigenda("build", config, "--out", tmp_path / "out").returncode == 0
    found = manifest(tmp_path / "out")
    assert found["targets"][0]["got"] == 9
    assert found["counts"]["problems"] == 4


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"cells": [{"recipe": "lema", "rows": 3}]}, "did you mean 'lemma'"),
        ({"cells": [{"recipe": "lemma", "row": 3}]}, "rows"),
    ],
)
def test_targets_that_cannot_be_met_are_refused_before_any_work(
    tmp_path: Path, targets: dict[str, Any], said: str
) -> None:
    done = corrigenda("build", world(tmp_path, targets=targets), "--out", tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr
