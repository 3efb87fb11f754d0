"""A Prefect server of a measurement's own: its port, its database in a folder of the measurement."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HEALTHY_WITHIN_S = 120.0
"""The first start makes a database: some 10 to 20 s on two cores."""


class PrefectServer:
    """`prefect server start` in the foreground; may be killed and started again on the same database."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of its API."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to use the server."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        own = {"PREFECT_HOME": str(self.home), "PREFECT_API_URL": self.url, "DO_NOT_TRACK": "1"}
        return {**others, **own, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "NO_COLOR": "1"}

    def start(self) -> None:
        """Start it; does not wait for it."""
        self.home.mkdir(parents=True, exist_ok=True)
        words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*words, "--port", str(self.port)], env=self.environment, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Wait until it answers. TimeoutError."""
        until = time.monotonic() + HEALTHY_WITHIN_S
        while not self.answers():
            if time.monotonic() > until:
                raise TimeoutError(f"{self.url} does not answer; see {self.home / 'server.log'}")
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def kill(self) -> None:
        """`kill -9`."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
