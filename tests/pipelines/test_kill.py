"""A build killed at any moment goes on: nothing is bought twice and the bytes are the same."""

import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from generators.engines.journals import names
from generators.engines.journals.folder import open_file
from generators.engines.journals.handles import Handles
from generators.engines.journals.records import key_of
from tests.commands import ROOT, command, corrigenda, hashes
from tests.world import write_world

SLOW = ("--set", "policy.engine.delay_s=0.03")
"""Slow enough that a kill lands in the middle, fast enough for ten of them."""


def journal_keys(out: Path) -> Counter[str]:
    """How often each completion was bought, torn last records left out."""
    handles = Handles()
    # A kill between sealing a file and removing its plain form leaves both: one purchase all the same.
    bought = {
        (names.stem(path), key_of(line))
        for path in names.files(out / "work" / "journal")
        for _place, line in open_file(path, handles).lines()
    }
    return Counter(key for _writer, key in bought)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 24)


@pytest.fixture(scope="module")
def whole(config: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], float]:
    """Hashes of an uninterrupted build, and how long it takes in seconds."""
    out = tmp_path_factory.mktemp("whole") / "out"
    started = time.monotonic()
    done = corrigenda("build", config, "--out", out, *SLOW)
    assert done.returncode == 0, done.stderr
    return hashes(out), time.monotonic() - started


def test_ten_kills_at_random_moments_change_nothing(
    config: Path, whole: tuple[dict[str, str], float], tmp_path: Path
) -> None:
    wanted, seconds = whole
    out = tmp_path / "out"
    rng = random.Random(20)
    running = 0
    for _ in range(10):
        process = subprocess.Popen(
            command("build", config, "--out", out, *SLOW),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.uniform(0.3, 1.1) * seconds)
        running += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (out / "manifest.json").exists():
            # Finished before the kill: begin another build, so that all ten kills hit a running one.
            assert hashes(out) == wanted
            out = tmp_path / f"out-{rng.random()}"
    done = corrigenda("build", config, "--out", out, *SLOW)
    assert done.returncode == 0, done.stderr
    assert running >= 5
    assert hashes(out) == wanted
    assert set(journal_keys(out).values()) == {1}
