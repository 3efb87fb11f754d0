"""A build killed at any moment goes on: nothing is bought twice and the bytes are the same."""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.commands import ROOT, command, corrigenda, hashes
from tests.journals import journal_keys
from tests.thorough import KILLS
from tests.world import write_world

SLOW = ("--set", "policy.engine.delay_s=0.03")
"""Slow enough that a kill lands in the middle, fast enough for several of them."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 24)


@pytest.fixture(scope="module")
def whole(config: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    """Hashes of an uninterrupted build, and the bytes of its journal."""
    out = tmp_path_factory.mktemp("whole") / "out"
    done = corrigenda("build", config, "--out", out, *SLOW)
    assert done.returncode == 0, done.stderr
    return hashes(out), journal_bytes(out)


def journal_bytes(out: Path) -> int:
    """How much has been bought so far."""
    return sum(path.stat().st_size for path in (out / "work" / "journal").glob("*"))


def test_kills_at_random_moments_change_nothing(
    config: Path, whole: tuple[dict[str, str], int], tmp_path: Path
) -> None:
    wanted, all_bytes = whole
    out = tmp_path / "out"
    rng = random.Random(20)
    running = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            command("build", config, "--out", out, *SLOW),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # By what it has bought, not by the clock: a busy machine must not move the kills behind the end.
        enough = journal_bytes(out) + rng.uniform(0.01, 1.8 / KILLS) * all_bytes
        while process.poll() is None and journal_bytes(out) < enough:
            time.sleep(0.002)
        running += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (out / "manifest.json").exists():
            # Finished before the kill: begin another build, so that all kills hit a running one.
            assert hashes(out) == wanted
            out = tmp_path / f"out-{rng.random()}"
    done = corrigenda("build", config, "--out", out, *SLOW)
    assert done.returncode == 0, done.stderr
    assert running >= KILLS / 2
    assert hashes(out) == wanted
    assert set(journal_keys(out).values()) == {1}
