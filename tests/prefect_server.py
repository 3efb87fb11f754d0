"""A Prefect server of the tests' own, and flow runs as a deployment would start them."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from prefect import Flow, State
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.deployments.runner import RunnerDeployment
from prefect.flow_engine import run_flow_async
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_HOME,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from tests.processes import below

T = TypeVar("T")

# What these tests do not use, and what costs the server's start some seconds.
_OFF = ("SCHEDULER", "LATE_RUNS", "TRIGGERS", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP", "FOREMAN")


@contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """Serve Prefect's API from the folder, and let flows of this process use it; yields the API's URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        **{f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in _OFF},
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(url, server, home / "server.log")
        settings = {PREFECT_API_URL: url, PREFECT_HOME: home, PREFECT_LOGGING_TO_API_ENABLED: False}
        with temporary_settings(settings):
            yield url
    finally:
        everybody = [server.pid, *below(server.pid)]
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
        for pid in everybody:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            if answer.read() == b"true":
                return
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {log.read_text()}")


def asked(question: Callable[[PrefectClient], Awaitable[T]]) -> T:
    """The answer of the API."""

    async def ask() -> T:
        async with get_client() as client:
            return await question(client)

    return asyncio.run(ask())


async def started(wanted: RunnerDeployment, flow: Flow[..., Any]) -> tuple[State[Any], UUID]:
    """Run a flow as a run of its deployment, in this process; its last state and its id."""
    deployment = await wanted.aapply()
    async with get_client() as client:
        run = await client.create_flow_run_from_deployment(deployment)
    state = await run_flow_async(flow, flow_run=run, parameters=run.parameters, return_type="state")
    assert isinstance(state, State)
    return state, run.id


def flow_run(identity: UUID) -> FlowRun:
    """A run as the server has it."""
    return asked(lambda client: client.read_flow_run(identity))


def task_runs(identity: UUID, count: int) -> list[TaskRun]:
    """The ended task runs of a flow run, by name; the server hears of them a moment later."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    wanted = FlowRunFilter(id=FlowRunFilterId(any_=[identity]))
    for _ in range(100):
        found = asked(lambda client: client.read_task_runs(flow_run_filter=wanted, limit=200))
        if len(found) >= count and all(run.state and run.state.is_final() for run in found):
            break
        time.sleep(0.1)
    return sorted(found, key=lambda run: run.name)


def artifacts(identity: UUID) -> dict[str, Any]:
    """What a flow run shows, by key."""
    body = {"artifacts": {"flow_run_id": {"any_": [str(identity)]}}, "limit": 100}

    async def read(client: PrefectClient) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await client._client.post("/artifacts/filter", json=body)).json()
        return found

    return {artifact["key"]: artifact["data"] for artifact in asked(read)}
