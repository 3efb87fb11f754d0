"""Which stages' code a changed file is part of, on a copy of the tree."""

import ast
import shutil
from pathlib import Path

import pytest

from generators.attempts_file import AttemptsFile
from pipelines.address import case_code, choice_code, plan_code
from pipelines.code import PACKAGES, ROOT, closure, code_fingerprint, named_in
from pipelines.config import BuildConfig

PLAN, CASE, CHOICE = "plan", "case", "choice"
CONFIG = BuildConfig(
    sources=[{"type": "jsonl", "paths": ["p.jsonl"]}],
    attempts=[AttemptsFile(paths=["a.jsonl"])],
    recipes=[{"type": "lemma"}, {"type": "step_pairs"}],
)


def test_every_import_that_python_sees_is_found() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert len(files) > 300
    for path in files:
        source, seen = path.read_text(encoding="utf-8"), set[str]()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                seen |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.module and not node.level, f"{path}: relative imports are not looked for"
                seen |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        assert seen <= set(named_in(source)), path


def test_imports_of_all_forms_are_found() -> None:
    source = "import a.b as c, d\nif x:\n    from e.f import (  # why\n        g as h,  # one, two\n        i,\n    )\n"
    assert set(named_in(source)) == {"a.b", "d", "e.f", "e.f.g", "e.f.i"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors")
        )
    return root


@pytest.fixture(scope="module")
def before(tree: Path) -> dict[str, str]:
    return codes(tree)


def codes(root: Path) -> dict[str, str]:
    return {PLAN: plan_code(CONFIG, root), CASE: case_code(CONFIG, root), CHOICE: choice_code(root)}


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("generators/recipes/lemma.py", {CASE}),
        ("generators/recipes/base.py", {CASE}),
        ("generators/recipes/habits.py", set()),  # not of this config
        ("generators/prompts/transitions.py", {CASE}),  # a bank of phrasings
        ("generators/injectors/numbers.py", {CASE}),
        ("filters/verify/math/exact.py", {CASE}),
        ("filters/verify/math/worker.py", {CASE}),
        ("filters/truth.py", {CASE}),
        ("generators/engines/render.py", {CASE}),
        ("pipelines/chunks.py", {CASE}),
        ("pipelines/rows.py", {CASE}),
        ("pipelines/tables.py", {CASE, CHOICE}),
        ("pipelines/selection.py", {CHOICE}),
        ("pipelines/shards.py", {CHOICE}),
        ("generators/sources/jsonl.py", {PLAN}),
        ("generators/sources/hub.py", set()),
        ("generators/attempts_file.py", {PLAN}),
        ("pipelines/plan_writing.py", {PLAN}),
        ("schemas/problem.py", {PLAN, CASE, CHOICE}),
        ("pipelines/cli.py", set()),
        ("pipelines/build.py", set()),
        ("pipelines/nightly.py", set()),
        ("pipelines/card/sections.py", set()),
        ("pipelines/gates/truth.py", set()),
        ("pipelines/flows/tasks.py", set()),
        ("generators/engines/vllm.py", set()),
        ("generators/engines/journal.py", set()),
    ],
)
def test_a_changed_file_makes_stale_the_stages_that_it_is_part_of_and_no_other(
    tree: Path, before: dict[str, str], file: str, stages: set[str]
) -> None:
    path = tree / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nCHANGED = 1\n", encoding="utf-8")
    after = codes(tree)
    path.write_text(text, encoding="utf-8")
    stale = {stage for stage, code in after.items() if code != before[stage]}
    assert stale - {CHOICE} == stages - {CHOICE}
    # What is chosen is chosen anew with every new plan or row, so only what it alone is made by matters.
    assert stages <= stale


def test_a_copy_of_the_tree_has_the_same_fingerprints_wherever_it_lies(before: dict[str, str]) -> None:
    assert before == codes(ROOT)


def test_imports_inside_functions_for_types_and_of_packages_count(tmp_path: Path) -> None:
    for name, text in {
        "schemas/__init__.py": "",
        "schemas/deep/__init__.py": "from schemas.behind import B",
        "schemas/behind.py": "B = 1",
        "schemas/deep/inner.py": "",
        "schemas/typed.py": "",
        "schemas/late.py": "",
        "schemas/apart.py": "",
        "schemas/top.py": "from typing import TYPE_CHECKING\nimport schemas.deep.inner\nimport json\n"
        "if TYPE_CHECKING:\n    from schemas import typed\ndef f():\n    from schemas.late import x\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = set(closure(["schemas.top"], root=tmp_path))
    assert found == {
        "schemas", "schemas.top", "schemas.deep", "schemas.deep.inner", "schemas.behind", "schemas.typed",
        "schemas.late",
    }  # fmt: skip
    without = closure(["schemas.top"], ["schemas.deep"], tmp_path)
    assert found - set(without) == {"schemas.deep", "schemas.deep.inner", "schemas.behind"}


def test_a_module_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"no module 'generators\.recipes\.lema'"):
        code_fingerprint(["generators.recipes.lema"])
