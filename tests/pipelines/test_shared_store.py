"""Builds that share a store: the next one costs what is new in it, and the files are those of a build from nothing."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from filters.verify.math.settle import for_worker
from filters.verify.math.verdict_cache import VerdictCache
from pipelines.build import Outcome, build
from pipelines.config_file import load
from pipelines.dataset import rows
from pipelines.gates.again import read_manifest
from schemas.exceptions import ResumeError
from schemas.verdict import Outcome as Said
from schemas.verdict import Verdict
from tests.building import built, heard
from tests.commands import hashes
from tests.world import Jars, write_world

COUNT, SAMPLES = 10, 7
SMALL = ("recipes=[{type: verifier_pairs}, {type: stepwise_correction}]", "gates=[]")
NOTHING_WORKED = (0, 0)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), COUNT)


@pytest.fixture(scope="module")
def first(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store and the dataset of a build that filled it."""
    folder = tmp_path_factory.mktemp("first")
    assert built(config, folder / "out", *SMALL, f"run.store={folder / 'store'}").manifest
    return folder


@pytest.fixture
def shared(first: Path, tmp_path: Path) -> Path:
    """A copy of the store: a test may add to it or spoil it."""
    return Path(shutil.copytree(first / "store", tmp_path / "store"))


def cost(outcome: Outcome) -> tuple[float, float]:
    """Completions bought, and taken from the journal: none of either where no case was worked."""
    return outcome.spent["bought"], outcome.spent["replayed"]


def without_a_middle_one(config: Path, tmp: Path) -> Path:
    """The world's config and files without the problem number 5."""
    shutil.copytree(config.parent, tmp / "world")
    path = tmp / "world" / "problems.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:5] + lines[6:]), encoding="utf-8")
    return tmp / "world" / config.name


@pytest.mark.parametrize(
    "change", ["name=other", "caps.problem=1", "targets.cells=[{recipe: verifier_pairs, rows: 1}]"]
)
def test_what_no_case_sees_costs_no_case(config: Path, shared: Path, tmp_path: Path, change: str) -> None:
    outcome, (engine,) = heard(config, tmp_path / "o", *SMALL, f"run.store={shared}", change)
    assert cost(outcome) == NOTHING_WORKED and engine.asked == []


def test_a_new_problem_is_all_that_is_bought_and_the_files_are_those_of_a_build_from_nothing(
    config: Path, tmp_path: Path
) -> None:
    fewer = without_a_middle_one(config, tmp_path)
    store = f"run.store={tmp_path / 'store'}"
    before = built(fewer, tmp_path / "before", *SMALL, store, f"data_dir={fewer.parent}")
    after, (engine,) = heard(config, tmp_path / "after", *SMALL, store)
    assert all(Jars(5).problem.statement in "".join(map(chr, r.ids)) for r, _ in engine.asked)
    assert after.spent["bought"] >= SAMPLES
    # Chunks that it did not fall into are not worked again.
    assert after.spent["replayed"] < before.spent["bought"]
    built(config, tmp_path / "nothing", *SMALL)
    assert hashes(tmp_path / "after") == hashes(tmp_path / "nothing")
    old, new = ({row["id"]: row for row in rows(tmp_path / n, "sft")} for n in ("before", "after"))
    assert [row for key, row in new.items() if key in old] == [*old.values()]
    assert {row["problem_id"] for key, row in new.items() if key not in old} == {"jars/5"}


def test_a_damaged_chunk_is_worked_again_and_no_other(
    config: Path, first: Path, shared: Path, tmp_path: Path
) -> None:
    chunks = sorted((shared / "chunks").iterdir())
    assert len(chunks) > 1
    next(chunks[0].glob("attempts.*")).write_bytes(b"PAR1")
    outcome, (engine,) = heard(config, tmp_path / "o", *SMALL, f"run.store={shared}")
    assert engine.asked == []
    spent = read_manifest(first / "out").spent
    assert 0 < outcome.spent["replayed"] < spent["bought"] + spent["replayed"]
    assert hashes(tmp_path / "o") == hashes(first / "out")


def test_two_builds_at_once_in_one_store_both_come_out_whole(
    config: Path, first: Path, tmp_path: Path
) -> None:
    made = load(config, [*SMALL, f"run.store={tmp_path / 'store'}"])

    async def both() -> list[Outcome]:
        return await asyncio.gather(*(build(made, tmp_path / name) for name in ("one", "other")))

    assert all(outcome.manifest for outcome in asyncio.run(both()))
    assert hashes(tmp_path / "one") == hashes(tmp_path / "other") == hashes(first / "out")
    again, (engine,) = heard(config, tmp_path / "third", *SMALL, f"run.store={tmp_path / 'store'}")
    assert cost(again) == NOTHING_WORKED and engine.asked == []


def test_another_revision_of_the_policy_samples_all_anew_from_the_same_plan(
    config: Path, shared: Path, tmp_path: Path
) -> None:
    store, other = f"run.store={shared}", "policy.engine.otherwise=I do not know."
    outcome, (engine,) = heard(config, tmp_path / "o", *SMALL, store, other)
    assert outcome.spent["bought"] >= COUNT * SAMPLES and len(engine.asked) == len(set(engine.asked))
    assert len(list((shared / "plans").iterdir())) == 1
    policies = {row["policy"] for row in rows(tmp_path / "o", "attempts")}
    assert len(policies) == 1
    before, (engine,) = heard(config, tmp_path / "p", *SMALL, store)
    assert (
        cost(before) == NOTHING_WORKED and {r["policy"] for r in rows(tmp_path / "p", "attempts")} != policies
    )


def test_what_the_judges_workers_said_is_known_to_the_next_build(tmp_path: Path) -> None:
    config, hard, said = write_world(tmp_path, 1), r"\sin^2 x+\cos^2 x", r"So it is \boxed{1}."
    statement = "Simplify."
    for name, row in (
        ("problems.jsonl", {"id": "hard", "question": statement, "answer": hard}),
        ("replies.jsonl", {"statement": statement, "replies": [said] * SAMPLES}),
    ):
        (tmp_path / name).write_text(json.dumps(row) + "\n", encoding="utf-8")
    # A verdict that no worker would give shows where it comes from.
    cache = VerdictCache(tmp_path / "store" / "verdicts")
    rules = load(config, []).judge.rules()
    cache.put(rules, for_worker(hard), for_worker("1"), Verdict(Said.WRONG, "mismatch", "symbolic"))
    cache.close()
    for name, temperature in (("one", 1.0), ("other", 0.5)):
        changes = (f"run.store={tmp_path / 'store'}", f"policy.sampling.temperature={temperature}")
        built(config, tmp_path / name, *SMALL, *changes)
        assert {row["verdict"] for row in rows(tmp_path / name, "attempts")} == {"wrong"}


def test_changed_code_builds_anew_from_the_journal_in_the_same_folder(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    first = built(config, out, *SMALL)
    whole = hashes(out)
    monkeypatch.setattr("pipelines.address.case_code", lambda config: "changed")
    again, (engine,) = heard(config, out, *SMALL)
    assert engine.asked == [] and cost(again) == (0, first.spent["bought"] + first.spent["replayed"])
    assert first.manifest and again.manifest and again.manifest.build_id != first.manifest.build_id
    assert hashes(out) == whole
    # And once more it is the build that is there.
    assert cost(built(config, out, *SMALL)) == NOTHING_WORKED


def test_a_build_of_another_format_is_not_gone_on_with(
    config: Path, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(first / "out", tmp_path / "out"))
    monkeypatch.setattr("pipelines.build.FORMAT_VERSION", "another")
    with pytest.raises(ResumeError, match=r"format: was '.+', is 'another'"):
        built(config, out, *SMALL, f"run.store={first / 'store'}")


def test_terms_stated_later_are_in_the_card_and_cost_nothing(
    config: Path, first: Path, shared: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(first / "out", tmp_path / "out"))
    outcome, opened = heard(
        config, out, *SMALL, f"run.store={first / 'store'}", "policy.terms=Llama 4 licence"
    )
    assert cost(outcome) == NOTHING_WORKED and not opened
    assert "Llama 4 licence" in (out / "README.md").read_text(encoding="utf-8")
    assert outcome.manifest and outcome.manifest.config["policy"]["terms"] == "Llama 4 licence"
    assert hashes(out) == hashes(first / "out")


@pytest.mark.parametrize("size", [3, 50])
def test_the_size_of_chunks_changes_no_byte(
    config: Path, first: Path, shared: Path, tmp_path: Path, size: int
) -> None:
    outcome = built(config, tmp_path / "o", *SMALL, f"run.store={shared}", f"chunk_size={size}")
    assert outcome.manifest and outcome.spent["bought"] == 0
    assert hashes(tmp_path / "o") == hashes(first / "out")
