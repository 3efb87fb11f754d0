"""Which change of a config, of its files or of the tables' format makes which stage's result another one."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.address import build_id, case_address
from pipelines.config import BuildConfig, model_ids
from pipelines.config_file import load
from pipelines.plan import make_plan
from tests.world import write_world

PLAN, CASE, BUILD = "plan", "case", "build"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = write_world(tmp_path_factory.mktemp("world"), 8)
    rows = [
        {"problem_id": "jars/1", "response": "Step 1: 4 * 5 = 20\nThe answer is \\boxed{20}.", "model": "m"}
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (config.parent / "brought.jsonl").write_text(lines, encoding="utf-8")
    text = config.read_text(encoding="utf-8")
    config.write_text(text + "attempts:\n  - {paths: [brought.jsonl]}\n", encoding="utf-8")
    return config


def addresses(config: BuildConfig, work: Path) -> dict[str, str]:
    plan = make_plan(config, work)
    case = case_address(config, model_ids(config))
    return {PLAN: plan.address, CASE: case, BUILD: build_id(config, plan.address, case)}


@pytest.fixture(scope="module")
def unchanged(world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return addresses(load(world, []), tmp_path_factory.mktemp("unchanged"))


def differ(old: dict[str, str], new: dict[str, str]) -> set[str]:
    """The stages whose addresses are not the same."""
    return {stage for stage in old if old[stage] != new[stage]}


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        ("name=other", {BUILD}),
        ("caps.problem=2", {BUILD}),
        ("caps.kind=9", {BUILD}),
        ("targets.cells=[{recipe: lemma, rows: 3}]", {BUILD}),
        ("limit=5", {PLAN, BUILD}),
        ("chunk_size=3", {PLAN, BUILD}),
        ("sources.0.name=other", {PLAN, BUILD}),
        ("sources.0.licence=MIT", {PLAN, BUILD}),
        ("attempts.0.model_name=other", {PLAN, BUILD}),
        ("attempts=[]", {PLAN, BUILD}),
        ("seed=1", {CASE, BUILD}),
        ("test_share=0.5", {CASE, BUILD}),
        ("steps=lines", {CASE, BUILD}),
        ("prompt.user='{statement} Think.'", {CASE, BUILD}),
        ("policy.samples=5", {CASE, BUILD}),
        ("policy.details=true", {CASE, BUILD}),
        ("policy.sampling.temperature=0.5", {CASE, BUILD}),
        ("policy.sampling.seed=4", {CASE, BUILD}),
        ("policy.engine.otherwise=Well.", {CASE, BUILD}),
        ("teacher={engine: policy}", {CASE, BUILD}),
        ("judge.percent=unit", {CASE, BUILD}),
        ("judge.deadline_s=9", {CASE, BUILD}),
        ("locate.continuations=1", {CASE, BUILD}),
        ("recipes.0.mistakes=1", {CASE, BUILD}),
        ("recipes=[{type: lemma}]", {CASE, BUILD}),
        ("filters=[{type: shape}]", {CASE, BUILD}),
        ("filters=[{type: shape, max_chars: 90}, {type: truth}]", {CASE, BUILD}),
        # What changes no row:
        ("policy.terms='not for rivals'", set()),
        ("attempts.0.terms='not for rivals'", set()),
        ("judge.workers=2", set()),
        ("judge.cache_dir=/tmp/somewhere", set()),
        ("judge.disagreements=/tmp/somewhere.jsonl", set()),
        ("policy.engine.delay_s=0.5", set()),
        ("gates=[]", set()),
        ("publish={repo: a/b}", set()),
        ("run.cases_in_flight=3", set()),
        ("run.max_failed_share=0.9", set()),
        ("run.budget.tokens=9", set()),
        ("run.runner.cpus=2", set()),
        ("run.tasks.retries=9", set()),
    ],
)
def test_a_change_of_the_config_makes_new_what_depends_on_it_and_no_more(
    world: Path, unchanged: dict[str, str], tmp_path: Path, change: str, stages: set[str]
) -> None:
    assert differ(unchanged, addresses(load(world, [change]), tmp_path)) == stages


def test_with_a_limit_targets_plan_a_reserve_and_raising_them_changes_no_plan(
    world: Path, tmp_path: Path
) -> None:
    cells = "targets.cells=[{recipe: lemma, rows: %d}]"
    plain, some, more = (
        addresses(load(world, ["limit=6", *changes]), tmp_path / str(number))
        for number, changes in enumerate(([], [cells % 3], [cells % 4]))
    )
    assert differ(plain, some) == {PLAN, BUILD} and differ(some, more) == {BUILD}


def test_a_moved_folder_changes_nothing_and_a_changed_file_the_plan(
    world: Path, unchanged: dict[str, str], tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(world.parent, moved)
    there = load(world, [f"data_dir={moved}"])
    assert addresses(there, tmp_path / "a") == unchanged
    with (moved / "problems.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": "new", "question": "What is 1 + 1?", "answer": "2"}) + "\n")
    assert differ(unchanged, addresses(there, tmp_path / "b")) == {PLAN, BUILD}


def test_another_format_of_the_tables_makes_everything_new(
    world: Path, unchanged: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.address.FORMAT_VERSION", "another")
    assert differ(unchanged, addresses(load(world, []), tmp_path)) == {PLAN, CASE, BUILD}


def test_another_version_of_a_package_that_judges_or_writes_makes_cases_new(
    world: Path, unchanged: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.address.metadata.version", lambda name: f"{name} 99")
    assert differ(unchanged, addresses(load(world, []), tmp_path)) == {CASE, BUILD}


def test_the_manifests_config_holds_the_terms_and_no_place_of_a_machine(world: Path) -> None:
    terms = ["policy.terms=mine", "attempts.0.terms=theirs", "judge.cache_dir=/tmp/somewhere"]
    config = load(world, terms)
    described = config.described()
    assert described["policy"]["terms"] == "mine" and described["attempts"][0]["terms"] == "theirs"
    assert "/tmp/somewhere" not in json.dumps(described) and str(world.parent) not in json.dumps(
        {name: value for name, value in described.items() if name != "policy"}
    )
    assert config.identity() == load(world, []).identity() and config.digest() == load(world, []).digest()
