"""Where real data lies beside the project, for the tests that use it."""

import json
from pathlib import Path
from typing import Any

import pytest


def shared(relative: str) -> Path:
    """`shared/<relative>` beside the nearest folder above that has it; skips the test without one."""
    for folder in Path(__file__).resolve().parents:
        path = folder / "shared" / relative
        if path.exists():
            return path
    pytest.skip(f"shared/{relative} is not beside this checkout")


def rows(relative: str) -> list[dict[str, Any]]:
    """The rows of a JSON lines file there."""
    with shared(relative).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
