"""A Ray cluster and a Prefect server of the tests' own."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.commands import ROOT


class Nodes:
    """The cluster's process."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        (folder / "ray").mkdir(parents=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ray.nodes"],
            cwd=ROOT,
            env={**environment, "RAY_TMPDIR": str(folder), "RAY_USAGE_STATS_ENABLED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def kill_one(self) -> None:
        """End a node with all its processes."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("kill\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "killed\n"

    def end(self) -> None:
        """End them all."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


@contextmanager
def cluster(environment: dict[str, str]) -> Iterator[Nodes]:
    """Three nodes while the block runs."""
    folder = Path(f"/tmp/cr-{secrets.token_hex(3)}")  # Ray's sockets allow only short paths
    running = Nodes(folder, environment)
    try:
        yield running
    finally:
        running.end()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def prefect_server(home: Path) -> Iterator[dict[str, str]]:
    """The environment in which a server of its own is found, while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)],
        env=own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"{own['PREFECT_API_URL']}/health")
        yield own
    finally:
        server.kill()
        server.wait()


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)
