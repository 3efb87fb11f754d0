"""Rebuilding from the journal by processes: the same bytes, and what is missing is left to the build."""

import json
import shutil
from pathlib import Path

import pytest

from generators.engines.journal import Journal
from pipelines.files import sha256_of
from tests.building import heard
from tests.world import write_world

COUNT = 12
CHUNKS = "chunk_size=3"
TWO = "run.replay_processes=2"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), COUNT)


@pytest.fixture(scope="module")
def first(config: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A build's folder and its journal."""
    folder = tmp_path_factory.mktemp("first")
    outcome, _ = heard(config, folder / "out", CHUNKS, f"run.journal={folder / 'journal'}")
    assert outcome.manifest
    return folder / "out", folder / "journal"


def hashes(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): sha256_of(p) for p in sorted((out / "data").rglob("*.parquet"))}


def test_processes_rebuild_the_same_bytes_and_leave_nothing_to_ask(
    config: Path, first: tuple[Path, Path], tmp_path: Path
) -> None:
    out, journal = first
    before = json.loads((out / "manifest.json").read_text())
    outcome, (engine,) = heard(config, tmp_path / "o", CHUNKS, TWO, f"run.journal={journal}")
    assert outcome.manifest and hashes(tmp_path / "o") == hashes(out)
    assert dict(outcome.manifest.counts) == before["counts"]
    assert engine.asked == []
    # Not one was replayed by this process: its own count is of purchases and replays together.
    assert outcome.spent["bought"] == 0 and outcome.spent["replayed"] >= before["spent"]["bought"]
    assert list(journal.glob("*.open")) == []


def test_chunks_with_a_missing_completion_are_left_to_the_build(
    config: Path, first: tuple[Path, Path], tmp_path: Path
) -> None:
    out, journal = first
    half = tmp_path / "journal"
    outcome, _ = heard(config, tmp_path / "half", CHUNKS, "limit=6", f"run.journal={half}")
    assert outcome.manifest
    had = len(Journal(half))
    outcome, (engine,) = heard(config, tmp_path / "o", CHUNKS, TWO, f"run.journal={half}")
    assert outcome.manifest and hashes(tmp_path / "o") == hashes(out)
    assert 0 < len(engine.asked) == len(Journal(journal)) - had


def test_a_journal_of_another_build_is_given_up_and_everything_is_asked(
    config: Path, first: tuple[Path, Path], tmp_path: Path
) -> None:
    out, _ = first
    shutil.rmtree(tmp_path / "journal", ignore_errors=True)
    changes = (CHUNKS, TWO, f"run.journal={tmp_path / 'journal'}")
    outcome, (engine,) = heard(config, tmp_path / "o", *changes)
    assert outcome.manifest and hashes(tmp_path / "o") == hashes(out)
    assert engine.asked and not list((tmp_path / "o").rglob("*.partial"))
