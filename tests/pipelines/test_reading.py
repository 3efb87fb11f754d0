"""`show`, `explain`, `recipes` and `errors`, as a person types them."""

from pathlib import Path

import pytest

from generators.recipes.base import RECIPES
from pipelines.cases import CaseResult
from pipelines.dataset import rows
from pipelines.progress import TerminalProgress
from schemas.errors import KINDS
from tests.commands import corrigenda
from tests.world import Jars, write_world


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    done = corrigenda("build", write_world(folder, 10), "--out", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.mark.parametrize("table", ["sft", "preference", "stepwise", "attempts"])
def test_show_prints_rows_of_every_table(built: Path, table: str) -> None:
    every = {(row["recipe"], row["variant"]) for row in rows(built, table)}
    most = max(6, len(every))
    done = corrigenda("show", built, "--config", table, "-n", most)
    assert done.returncode == 0, done.stderr
    shown = [row for row in rows(built, table) if row["id"] in done.stdout]
    assert len(shown) == most
    assert {(row["recipe"], row["variant"]) for row in shown} == every


def test_show_marks_kinds_and_masks_without_colours(built: Path) -> None:
    done = corrigenda("show", built, "--recipe", "partial_answer_masking", "-n", 1)
    assert "[mistake, masked]" in done.stdout and "[correction]" in done.stdout


def test_explain_walks_back_to_the_attempt(built: Path) -> None:
    row = next(r for r in rows(built, "sft") if r["recipe"] == "lemma")
    done = corrigenda("explain", row["id"], "--in", built)
    assert done.returncode == 0, done.stderr
    for expected in (row["id"], *row["parents"], row["problem_id"], "sampled from scripted", "Apache-2.0"):
        if expected != "reference":
            assert expected in done.stdout
    assert "answer: " in done.stdout and "reference solution" in done.stdout
    attempt = corrigenda("explain", row["parents"][0], "--in", built)
    assert f"became sft row {row['id']}" in attempt.stdout


def test_an_unknown_id_or_folder_is_a_clear_error(built: Path, tmp_path: Path) -> None:
    assert "no row or attempt" in corrigenda("explain", "r-nothing", "--in", built).stderr
    missing = corrigenda("show", tmp_path / "nowhere")
    assert missing.returncode == 2 and "holds no dataset" in missing.stderr


def test_show_refuses_what_it_cannot_show(built: Path) -> None:
    for words, message in ((("-n", -1), "0 or more"), (("--recipe", "nope"), "no row of a recipe 'nope'")):
        done = corrigenda("show", built, *words)
        assert done.returncode == 2 and message in done.stderr, done.stderr


def test_progress_counts_the_finished_problems() -> None:
    progress = TerminalProgress()
    progress.bar.update(progress.task, total=1)
    result = CaseResult(Jars(0).problem)
    result.counts["cases"] = 1
    progress.tick(result)
    assert progress.bar.tasks[0].completed == 1


def test_recipes_and_errors_list_everything() -> None:
    recipes, errors = corrigenda("recipes").stdout, corrigenda("errors").stdout
    assert all(name in recipes and RECIPES.find(name).paper in recipes for name in RECIPES.names())
    assert all(slug in errors for slug in KINDS)
