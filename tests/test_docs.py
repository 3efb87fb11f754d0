"""What the documents say is run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from filters.verify.math.options import JudgeOptions
from generators.recipes.base import RECIPES
from pipelines.config import BuildConfig
from pipelines.dataset import rows
from schemas.arrow import TABLES, schema
from schemas.segment import SEGMENT_KINDS
from tests.commands import ROOT
from tests.world import write_world

DOCS = ROOT / "docs"


def test_a_new_recipe_is_one_new_file_and_nothing_else(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", (DOCS / "new-recipe.md").read_text(encoding="utf-8"), re.S)
    assert code is not None
    for package in ("schemas", "filters", "generators", "pipelines"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "generators" / "recipes" / "marked_answers.py").write_text(code[1], encoding="utf-8")
    command = [sys.executable, "-m", "pipelines.cli", "build", str(write_world(tmp_path, 10))]
    command += ["--out", str(tmp_path / "out"), "--set", "recipes=[{type: marked_answers, most: 1}]"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = list(rows(tmp_path / "out", "sft"))
    assert {r["variant"] for r in made} == {"confirmed", "revised"}
    assert {r["recipe"] for r in made} == {"marked_answers"}


def test_the_format_page_names_every_column_and_kind() -> None:
    page = (DOCS / "format.md").read_text(encoding="utf-8")
    columns = {name for table in (*TABLES, "dropped") for name in schema(table).names}
    assert {c for c in columns if f"`{c}`" not in page} == set()
    assert {k for k in SEGMENT_KINDS if f"`{k}`" not in page} == set()


def test_the_judging_page_names_every_rule_and_method() -> None:
    page = (DOCS / "judging.md").read_text(encoding="utf-8")
    named = [
        *(set(JudgeOptions.model_fields) - {"workers"}),
        "exact",
        "symbolic",
        "numeric",
        "corrigenda verify math",
    ]
    assert [name for name in named if name not in page] == []


def test_the_readmes_config_is_a_config() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", page, re.S)
    assert block is not None
    config = BuildConfig(**yaml.safe_load(block[1]))
    assert [s.name for s in config.recipes_made()] == ["lemma", "stepwise_correction"]
    assert config.sources_made() and config.attempts_made() and config.engines_made()["policy"]


def test_the_readme_names_every_recipe_command_and_folder() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    named = [
        *RECIPES.names(),
        "make demo",
        "make test",
        "corrigenda build",
        "corrigenda show",
        "corrigenda explain",
    ]
    assert [n for n in named if n not in page] == []
