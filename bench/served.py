"""A deployment served by `corrigenda schedule`, as a measurement sees it: its runs and its processes."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.prefect_server import PrefectServer
from tests.commands import ROOT, command
from tests.processes import below

NEVER = "0 3 29 2 *"
"""A schedule that starts nothing meanwhile."""
REGISTERED_WITHIN_S = 120.0


class Served:
    """The serving process; may be killed and started again."""

    def __init__(self, server: PrefectServer, config: Path, root: Path, log: Path, name: str) -> None:
        self.server, self.log, self.name = server, log, name
        self._words = command("schedule", config, "--out", root, "--cron", NEVER, "--name", name, "--publish")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it has registered the deployment. TimeoutError."""
        environment = {**self.server.environment, "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + REGISTERED_WITHIN_S
        while b"Run now" not in self.log.read_bytes()[begun:]:
            if time.monotonic() > until or self.process.poll() is not None:
                raise TimeoutError(f"the deployment is not served; see {self.log}")
            time.sleep(0.1)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """`kill -9` of this process alone: its runs go on without it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def trigger(self) -> str:
        """Ask for a run now; returns its id."""
        deployment = self._ask(f"/deployments/name/refresh/{self.name}")["id"]
        return str(self._ask(f"/deployments/{deployment}/create_flow_run", {})["id"])

    def runs(self) -> list[dict[str, Any]]:
        """All runs that began or were asked for, oldest first; those of the schedule left out."""
        found: list[dict[str, Any]] = self._ask(
            "/flow_runs/filter", {"sort": "START_TIME_ASC", "flow_runs": {"name": {"like_": ""}}}
        )
        return sorted(
            (run for run in found if not run["auto_scheduled"]), key=lambda run: str(run["created"])
        )

    def _ask(self, path: str, content: object = None) -> Any:  # noqa: ANN401 (JSON)
        """What the API answers; tries again while the server is busy or down."""
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(
            self.server.url + path, body, headers={"Content-Type": "application/json"}
        )
        for wait in (1, 2, 4, 8, 16, 0):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.loads(answer.read())
            except OSError:
                if not wait:
                    raise
                time.sleep(wait)

    def flow_processes(self) -> list[int]:
        """Processes of flow runs, also those whose serving process is dead."""
        return [
            pid
            for pid, words, environment in _processes()
            if self._ours(environment) and any(word.startswith("prefect.") for word in words)
        ]

    def left_over(self) -> list[int]:
        """Processes that came from flow runs and are still there."""
        return [pid for pid, _, environment in _processes() if self._ours(environment)]

    def _ours(self, environment: Sequence[str]) -> bool:
        wanted = f"PREFECT_API_URL={self.server.url}"
        return wanted in environment and any(e.startswith("PREFECT__FLOW_RUN_ID=") for e in environment)

    def stop(self) -> None:
        """End everything that came from here."""
        below_it = list(below(self.process.pid)) if self.process else []
        self.kill()
        for pid in {*below_it, *self.left_over()}:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue


def _processes() -> Iterator[tuple[int, list[str], list[str]]]:
    """Number, words and environment of every process that may be read."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_text().split("\0")
                environment = (entry / "environ").read_text().split("\0")
            except (OSError, UnicodeDecodeError):
                continue
            if words != [""]:
                yield int(entry.name), words, environment
