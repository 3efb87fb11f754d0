"""A build whose journal is on an S3-compatible server: killed, and gone on with by another machine."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.engines.journals.place import open_journal
from pipelines.cli import main
from tests.building import built
from tests.commands import ROOT, command, hashes
from tests.s3.server import S3
from tests.s3.world import NEEDS_S3FS, bucket, new_url
from tests.world import write_world

pytestmark = NEEDS_S3FS
SLOW = ("--set", "policy.engine.delay_s=0.05", "--set", "run.cases_in_flight=3")


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with bucket() as server:
        yield server


def test_a_killed_build_goes_on_on_another_machine_and_buys_only_what_was_in_flight(
    server: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, url = write_world(tmp_path, 8), new_url()
    whole = built(config, tmp_path / "whole")
    at = ("--set", f"run.journal={url}")
    killed = subprocess.Popen(
        command("build", config, "--out", tmp_path / "first", *SLOW, *at),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(server.names(url.removeprefix("s3://"))) < 3:
        assert killed.poll() is None
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    kept = len(open_journal(url))
    assert 0 < kept < whole.spent["bought"]
    again = ["build", config, "--out", tmp_path / "second", *at, "--set", "run.replay_processes=1"]
    assert main([*map(str, again)]) == 0
    spent = json.loads((tmp_path / "second" / "manifest.json").read_text())["spent"]
    assert spent["bought"] == whole.spent["bought"] - kept
    assert hashes(tmp_path / "second") == hashes(tmp_path / "whole")
    printed = capsys.readouterr()
    assert "a-secret-of-the-tests" not in printed.out + printed.err
    third = built(config, tmp_path / "third", f"run.journal={url}", "run.replay_only=true")
    assert third.spent["bought"] == 0 and hashes(tmp_path / "third") == hashes(tmp_path / "whole")


def test_a_build_whose_store_is_away_ends_with_what_to_do_and_goes_on_later(
    server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("generators.engines.journals.commits.KEEP_S", 0.1)
    monkeypatch.setattr("generators.engines.journals.commits.CLOSE_S", 0.1)
    config, url, out = write_world(tmp_path, 2), new_url(), tmp_path / "out"
    words = ["build", str(config), "--out", str(out), "--set", f"run.journal={url}"]
    server.faults = {"put": ["", *["InternalError"] * 1000]}
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "what is bought cannot be kept, so nothing more is" in said and str(out / "work/unstored") in said
    server.faults = {}
    assert main(words) == 0
    assert not (out / "work" / "unstored").exists()
    assert built(config, tmp_path / "other", f"run.journal={url}").spent["bought"] == 0
    assert main(["build", str(config), "--out", str(out), "--set", "run.journal=s3://a:b@c/d"]) == 2
