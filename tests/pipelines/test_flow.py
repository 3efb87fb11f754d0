"""The Prefect flow builds the same files as the plain command."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import ROOT, command, corrigenda, hashes
from tests.world import write_world

pytest.importorskip("prefect")


def test_the_flow_builds_the_same_bytes(tmp_path: Path) -> None:
    config = write_world(tmp_path, 10)
    plain = corrigenda("build", config, "--out", tmp_path / "plain")
    assert plain.returncode == 0, plain.stderr
    # A home of its own: the temporary server must not touch a person's database.
    home = {"PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_LOGGING_LEVEL": "INFO"}
    flow = subprocess.run(
        command("build", config, "--out", tmp_path / "flow", "--prefect"),
        cwd=ROOT,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert flow.returncode == 0, flow.stderr
    assert hashes(tmp_path / "flow") == hashes(tmp_path / "plain")
    for number in range(3):
        assert f"chunk-{number:05d}" in flow.stderr + flow.stdout
