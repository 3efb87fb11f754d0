"""The embedded policy in vLLM: as an engine of this process, and behind vLLM's own OpenAI server."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.engines.base import Engine
from generators.engines.local.folder import EMBEDDED
from generators.engines.vllm import Vllm

_START_S = 300
SERVED = "embedded"
"""The name that the server gives the policy."""


@pytest.fixture(scope="session")
def embedded() -> Iterator[Engine]:
    """The embedded policy as the vllm engine. In bfloat16, as it is stored, ties are broken by rounding."""
    engine = Vllm(model="embedded", dtype="float32").open()
    yield engine
    asyncio.run(engine.close())


@pytest.fixture(scope="session")
def vllm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address, with /v1, of a server that serves the embedded policy as `SERVED`."""
    pytest.importorskip("vllm")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # `vllm serve` does not start with the CPU build, whose distribution has another name.
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(EMBEDDED)]
    command += ["--served-model-name", SERVED, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--enforce-eager", "--no-enable-chunked-prefill", "--generation-config", "vllm"]
    log = tmp_path_factory.mktemp("vllm_server") / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            command, stdout=file, stderr=file, env={**os.environ, "VLLM_NO_USAGE_STATS": "1"}
        )
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"vLLM's server did not start:\n{log.read_text()[-3000:]}")
