"""Builds end to end through the real command, on the scripted world."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from filters.verify.math.judge import Judge
from pipelines.dataset import rows
from schemas.arrow import TABLES
from tests.commands import corrigenda, hashes
from tests.world import Jars, write_world

COUNT = 30


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), COUNT)


@pytest.fixture(scope="module")
def built(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "out"
    done = corrigenda("build", config, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "From problems to rows" in done.stdout
    return out


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def test_every_table_is_written_and_counted(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    for table in TABLES:
        counted = sum(f["rows"] for f in manifest["files"] if f["table"] == table)
        assert counted == len(list(rows(built, table))) > 0
    assert manifest["counts"]["problems"] == COUNT
    assert manifest["counts"]["attempts"] == COUNT * 7


def test_every_right_side_verifies_and_no_wrong_side_does(built: Path, judge: Judge) -> None:
    problems = {Jars(i).problem.id: Jars(i).problem for i in range(COUNT)}
    for row in rows(built, "sft"):
        assert judge.verdict(problems[row["problem_id"]], row["messages"][-1]["content"]).is_right
    for row in rows(built, "preference"):
        problem = problems[row["problem_id"]]
        if row["recipe"] == "verifier_pairs":
            assert judge.verdict(problem, row["chosen"][-1]["content"]).is_right
            assert judge.verdict(problem, row["rejected"][-1]["content"]).is_wrong
        else:
            assert not judge.verdict(problem, row["rejected"][-1]["content"], explicit_only=True).is_right


def test_step_labels_name_the_step_that_is_wrong(built: Path) -> None:
    for row in rows(built, "stepwise"):
        if row["error_kind"] == "calculation":
            false = [i for i, text in enumerate(row["completions"]) if not holds(text)]
            assert false == [row["first_error"]]


def holds(step: str) -> bool:
    left, _, right = step.removeprefix("Step 1: ").removeprefix("Step 2: ").partition(" = ")
    return not right or eval(left) == int(right)


def test_no_problem_is_in_two_splits(built: Path) -> None:
    splits: dict[str, set[str]] = {}
    for path in (built / "data").rglob("*.parquet"):
        import pyarrow.parquet as pq

        for problem in pq.read_table(path, columns=["problem_id"]).column(0).to_pylist():
            splits.setdefault(problem, set()).add(path.name.split("-")[0])
    assert {len(s) for s in splits.values()} == {1}
    assert set.union(*splits.values()) == {"train", "test"}


def test_datasets_loads_the_folder_as_it_stands(built: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    for table in TABLES:
        loaded = datasets.load_dataset(str(built), table, cache_dir=str(tmp_path))
        assert len(loaded["train"]) + len(loaded["test"]) == len(list(rows(built, table)))


def test_the_same_config_builds_the_same_bytes(built: Path, config: Path, tmp_path: Path) -> None:
    one = ("--set", "run.cases_in_flight=1")
    done = corrigenda("build", config, "--out", tmp_path / "again", *one, fresh=True)
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "again") == hashes(built)


def test_a_fresh_build_that_replays_the_journal_asks_for_nothing(
    built: Path, config: Path, tmp_path: Path
) -> None:
    replay = ("--set", f"run.journal={built / 'work' / 'journal'}", "--set", "run.replay_only=true")
    done = corrigenda("build", config, "--out", tmp_path / "replay", *replay, fresh=True)
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "replay") == hashes(built)
    assert json.loads((tmp_path / "replay" / "manifest.json").read_text())["spent"]["bought"] == 0


def test_resuming_with_another_config_is_refused_by_the_field_that_differs(built: Path, config: Path) -> None:
    done = corrigenda("build", config, "--out", built, "--set", "recipes.0.mistakes=1")
    assert done.returncode == 2
    assert "recipes.0.mistakes: was 4, is 1" in done.stderr


def test_a_finished_build_is_finished(built: Path, config: Path) -> None:
    before = hashes(built)
    done = corrigenda("build", config, "--out", built)
    assert done.returncode == 0, done.stderr
    assert "0 completions sampled" in done.stdout
    assert hashes(built) == before


def test_limit_and_set_change_the_build(config: Path, tmp_path: Path) -> None:
    done = corrigenda("build", config, "--out", tmp_path / "o", "--limit", 5, "--set", "policy.samples=2")
    assert done.returncode == 0, done.stderr
    counts = json.loads((tmp_path / "o" / "manifest.json").read_text())["counts"]
    assert (counts["problems"], counts["attempts"]) == (5, 10)


def test_a_failing_request_costs_its_case_and_no_other(config: Path, tmp_path: Path) -> None:
    fail = json.dumps([Jars(3).problem.statement])
    done = corrigenda("build", config, "--out", tmp_path / "o", "--set", f"policy.engine.fail={fail}")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    assert manifest["counts"]["failed"] == 1
    dropped = list(dropped_rows(tmp_path / "o"))
    assert [(d["problem_id"], d["reason"]) for d in dropped if d["stage"] == "case"] == [
        ("jars/3", "engine_error")
    ]


def test_too_many_failed_cases_end_with_3_and_a_rerun_tries_them_again(config: Path, tmp_path: Path) -> None:
    fail = json.dumps([Jars(i).problem.statement for i in range(10)])
    done = corrigenda("build", config, "--out", tmp_path / "o", "--set", f"policy.engine.fail={fail}")
    assert done.returncode == 3
    assert "10 of 30" in done.stdout
    assert not (tmp_path / "o" / "manifest.json").exists()


def test_a_finished_build_of_another_checkpoint_is_not_finished(config: Path, tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    replies.write_bytes((config.parent / "replies.jsonl").read_bytes())
    words = (
        "build",
        config,
        "--out",
        tmp_path / "o",
        "--limit",
        6,
        "--set",
        f"policy.engine.replies={replies}",
    )
    assert corrigenda(*words).returncode == 0
    before = hashes(tmp_path / "o")
    replies.write_text(replies.read_text().replace("The answer is", "So the answer is"))
    again = corrigenda(*words)
    assert again.returncode == 0, again.stderr
    assert "0 completions sampled" not in again.stdout
    assert hashes(tmp_path / "o") != before


def test_two_builds_in_one_folder_are_refused(built: Path, config: Path) -> None:
    with (built / "work" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = corrigenda("build", config, "--out", built)
    assert done.returncode == 2
    assert "another build is running" in done.stderr


def test_what_only_says_how_an_engine_runs_may_change_on_resume(built: Path, config: Path) -> None:
    done = corrigenda("build", config, "--out", built, "--set", "policy.engine.delay_s=0.01")
    assert done.returncode == 0, done.stderr
    assert "0 completions sampled" in done.stdout


def dropped_rows(out: Path) -> Iterator[dict[str, str]]:
    import pyarrow.parquet as pq

    for path in sorted((out / "dropped").glob("*.parquet")):
        yield from pq.read_table(path).to_pylist()


def test_a_build_moves_with_its_data(config: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "o"
    data.mkdir()
    source = (config.parent / "problems.jsonl").read_text()
    (data / "problems.jsonl").write_text(source)
    words: tuple[object, ...] = ("build", config, "--limit", 3, "--set", f"data_dir={data}", "--out", out)
    assert corrigenda(*words, "--set", "sources.0.paths=[x.jsonl]").returncode == 2
    done = corrigenda(*words)  # the wrong path above has claimed nothing
    assert done.returncode == 0, done.stderr
    before = hashes(out)
    moved = tmp_path / "moved"
    moved.mkdir()
    out, data = out.rename(moved / "o"), data.rename(moved / "data")
    (out / "manifest.json").unlink()
    words = ("build", config, "--limit", 3, "--set", f"data_dir={data}", "--out", out)
    done = corrigenda(*words)
    assert done.returncode == 0, done.stderr
    assert "0 completions sampled" in done.stdout and hashes(out) == before
    (data / "problems.jsonl").write_text(source[:-2])
    done = corrigenda(*words)
    assert done.returncode == 2 and "has changed" in done.stderr


def test_a_separator_in_a_dropped_row_costs_nothing(config: Path, tmp_path: Path) -> None:
    rows_in = (config.parent / "problems.jsonl").read_text().splitlines()[:2]
    bad = '{"question": "a\u2028b"'
    (tmp_path / "p.jsonl").write_text("\n".join([rows_in[0], bad, rows_in[1]]), encoding="utf-8")
    done = corrigenda(
        "build", config, "--out", tmp_path / "o", "--set", f"sources.0.paths=[{tmp_path}/p.jsonl]"
    )
    assert done.returncode == 0, done.stderr
    assert any(d["reason"] == "bad_json" and "\u2028" in d["content"] for d in dropped_rows(tmp_path / "o"))


def test_chunks_of_other_weights_are_worked_on_again(config: Path, tmp_path: Path) -> None:
    """The name of the model stays and its answers change between a kill and the next run."""
    replies = tmp_path / "replies.jsonl"
    written = (config.parent / "replies.jsonl").read_text()
    replies.write_text(written)
    out = tmp_path / "o"
    words = ("build", config, "--limit", 3, "--out", out, "--set", f"policy.engine.replies={replies}")
    assert corrigenda(*words).returncode == 0
    (out / "manifest.json").unlink()
    replies.write_text(written.replace("Step 1:", "First:"))
    assert corrigenda(*words).returncode == 0
    assert all("Step 1:" not in row["text"] for row in rows(out, "attempts"))
