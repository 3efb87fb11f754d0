"""The folder of real data, where there is one."""

from pathlib import Path

import pytest


def shared_data() -> Path:
    """The first `shared/data` beside a folder above this file; skips the test where there is none."""
    for parent in Path(__file__).resolve().parents:
        folder = parent / "shared" / "data"
        if folder.is_dir():
            return folder
    pytest.skip("no shared/data folder")
