"""A build that its budget ends keeps all it bought and goes on for nothing."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.dataset import rows
from tests.building import built, heard
from tests.commands import corrigenda, hashes
from tests.journals import journal_keys
from tests.world import write_world


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 16)


@pytest.fixture(scope="module")
def whole(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    assert built(config, out).manifest
    return out


def test_a_spent_budget_ends_the_build_and_a_higher_one_goes_on(
    config: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = corrigenda("build", config, "--out", out, "--set", "run.budget.requests=200")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "The budget is spent (run.budget.requests:" in done.stdout
    assert "of 16 problems are done" in done.stdout and "No dataset is written" in done.stdout
    assert not (out / "manifest.json").exists()
    bought = journal_keys(out).total()
    assert 100 < bought <= 200
    again = corrigenda("build", config, "--out", out)
    assert again.returncode == 0, again.stderr
    keys = journal_keys(out)
    assert len(keys) == keys.total() == journal_keys(whole).total()
    assert hashes(out) == hashes(whole)


def test_the_same_budget_again_buys_nothing_more(config: Path, tmp_path: Path) -> None:
    first = built(config, tmp_path / "o", "run.budget.tokens=20000")
    again = built(config, tmp_path / "o", "run.budget.tokens=20000")
    assert first.stopped and again.stopped and first.manifest is None
    assert again.spent["bought"] == 0
    assert again.spent["total_tokens"] == first.spent["total_tokens"] >= 20000


def test_what_failed_for_want_of_budget_is_not_a_failure(config: Path, tmp_path: Path) -> None:
    outcome = built(config, tmp_path / "o", "run.budget.requests=0", "run.max_failed_share=0")
    assert outcome.counts["unpaid"] == 16 and not outcome.counts.get("failed")
    assert "run.budget.requests" in outcome.stopped


def test_a_budget_may_publish_what_it_paid_for(config: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    limits = ("run.budget.requests=200", "run.budget.publish=true", "run.cases_in_flight=2")
    part = built(config, out, *limits)
    assert part.manifest is not None and part.manifest.stopped
    assert "Not a whole build" in (out / "README.md").read_text()
    assert sum(f.rows for f in part.manifest.files) > 0
    rest, engines = heard(config, out)
    assert rest.manifest is not None and not rest.manifest.stopped
    assert hashes(out) == hashes(whole)
    assert len(engines[0].asked) == journal_keys(whole).total() - part.spent["bought"]


def test_a_rebuild_from_a_journal_needs_no_budget(config: Path, whole: Path, tmp_path: Path) -> None:
    outcome = built(
        config, tmp_path / "o", "run.budget.tokens=0", f"run.journal={whole / 'work' / 'journal'}"
    )
    assert outcome.manifest is not None and outcome.spent["bought"] == 0


def test_a_budget_that_ends_a_later_round_keeps_what_the_earlier_one_finished(
    config: Path, whole: Path, tmp_path: Path
) -> None:
    targets = "targets={cells: [{recipe: lemma, rows: 100000}], rounds: 1}"
    first = journal_keys(whole).total()
    limits = (f"run.budget.requests={first + 30}", "run.budget.publish=true")
    out = tmp_path / "o"
    part = built(config, out, targets, *limits)
    assert part.manifest is not None and part.manifest.stopped and 0 < part.counts["unpaid"] < 16
    unpaid = {d["problem_id"] for d in pq.read_table(out / "dropped").to_pylist() if d["reason"] == "budget"}
    assert len(unpaid) == part.counts["unpaid"]
    before = {r["id"] for r in rows(whole, "sft") if r["problem_id"] in unpaid}
    assert before and before == {r["id"] for r in rows(out, "sft") if r["problem_id"] in unpaid}
    assert len([*rows(out, "attempts")]) > len([*rows(whole, "attempts")])
    rest = built(config, out, targets)
    assert rest.manifest is not None and "unpaid" not in rest.counts
    assert built(config, tmp_path / "at_once", targets).manifest
    assert hashes(out) == hashes(tmp_path / "at_once")
