"""Which Prefect server is meant, and how a person speaks to it."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from prefect.settings import PREFECT_API_URL, get_current_settings, load_current_profile

from pipelines.doctor.asking import Unreachable, get
from pipelines.masking import masked
from schemas.exceptions import ConfigError

_TIMEOUT_S = 10
_WANTS_A_KEY = (401, 403)
"""It is a server; Prefect's own client has the key, or says that it has none."""


def find_api() -> str:
    """URL of the API that the environment or Prefect's profile names, else of the server on this machine.

    ConfigError where no server answers there.
    """
    settings = get_current_settings()
    url = settings.api.url or f"http://127.0.0.1:{settings.server.api.port}/api"
    try:
        health = get(f"{url}/health", _TIMEOUT_S)
    except Unreachable:
        raise ConfigError(
            f"no Prefect server answers at {masked(url)}; start one with `make server`, or set PREFECT_API_URL"
        ) from None
    if health.content is not True and health.status not in _WANTS_A_KEY:
        raise ConfigError(
            f"what answers at {masked(url)} is no Prefect server; set PREFECT_API_URL, e.g. http://127.0.0.1:4200/api"
        )
    return url


def dashboard(url: str) -> str:
    """Where a person looks on, for an API's URL."""
    return get_current_settings().ui_url or masked(url).removesuffix("/api")


def run_command(deployment: str, url: str) -> str:
    """What a person types in another terminal to run a deployment now; with the URL where no profile names it."""
    beside = Path(sys.executable).with_name("prefect")
    in_path = shutil.which("prefect")
    typed = "prefect" if in_path and Path(in_path).samefile(beside) else os.path.relpath(beside)
    command = shlex.join([typed, "deployment", "run", deployment])
    known = load_current_profile().settings.get(PREFECT_API_URL) == url
    return command if known else f"PREFECT_API_URL={masked(url)} {command}"
