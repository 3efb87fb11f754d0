"""A server killed at random moments: the build goes on, its bytes are the same, nothing is asked twice
but what was in flight."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Self

import pytest

from tests.commands import ROOT, command, corrigenda, hashes
from tests.generators.engines.faulty_server import FaultyServer
from tests.thorough import KILLS
from tests.world import write_world

IN_FLIGHT = 6


class Killable:
    """The scripted world behind a server process that can be killed and started again."""

    def __init__(self, folder: Path, port: int, log: Path) -> None:
        words = ["-m", "tests.generators.engines.faulty_server", folder / "replies.jsonl", port, log]
        self.log = log
        self.parent = subprocess.Popen(
            [sys.executable, *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.start()

    def start(self) -> None:
        assert self.parent.stdin is not None and self.parent.stdout is not None
        self.parent.stdin.write("\n")
        self.parent.stdin.flush()
        self.pid = int(self.parent.stdout.readline())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(self.pid, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.parent.communicate()

    def asked(self) -> list[tuple[str, str, str]]:
        """(process, `asked` or `done`, key) of every line of the log."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(pid, what, key) for pid, what, key in map(str.split, lines)]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with FaultyServer(engine=None) as free:  # type: ignore[arg-type]
        port = free.port
    path = write_world(tmp_path_factory.mktemp("world"), 4 + KILLS)
    lines = path.read_text().splitlines()
    engine = (
        f"  engine: {{type: openai_server, urls: ['http://127.0.0.1:{port}'], model: jars, api: chat, "
        f"continue_final_message: true, max_in_flight: {IN_FLIGHT}, retries: {KILLS}, patience_s: 30}}"
    )
    path.write_text("\n".join(engine if line.startswith("  engine:") else line for line in lines))
    return path


def port_of(config: Path) -> int:
    return int(config.read_text().split("127.0.0.1:")[1].split("'")[0])


def build_with_kills(config: Path, out: Path, server: Killable) -> tuple[int, str]:
    """Exit status and standard error of a build during which the server is killed."""
    rng = random.Random(11)
    build = subprocess.Popen(
        command("build", config, "--out", out),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(KILLS):
        seen, more = len(server.asked()), rng.randint(8, 24)  # lines: two per answer
        while len(server.asked()) < seen + more:
            assert build.poll() is None, "the build ended before the last kill"
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.01))
        server.kill()
        server.start()
    _, stderr = build.communicate(timeout=60)
    return build.returncode, stderr


def test_kills_of_the_server_change_nothing(config: Path, tmp_path: Path) -> None:
    with Killable(config.parent, port_of(config), tmp_path / "whole.log") as whole:
        done = corrigenda("build", config, "--out", tmp_path / "whole")
    assert done.returncode == 0, done.stderr
    wanted = hashes(tmp_path / "whole")
    assert wanted
    with Killable(config.parent, port_of(config), tmp_path / "killed.log") as server:
        status, stderr = build_with_kills(config, tmp_path / "killed", server)
    assert status == 0, stderr
    assert hashes(tmp_path / "killed") == wanted

    lines = server.asked()
    asked = Counter(key for _, what, key in lines if what == "asked")
    per_process = Counter(pid for pid, what, _ in lines if what == "asked")
    per_process.subtract(pid for pid, what, _ in lines if what == "done")
    in_flight = sum(per_process.values())
    assert len(per_process) == KILLS + 1
    assert KILLS // 2 <= in_flight <= KILLS * IN_FLIGHT
    assert asked.total() - len(asked) <= in_flight
    assert set(asked) == {key for _, what, key in whole.asked() if what == "asked"}
