"""The same contract and the same hostile programs, launched by an ordinary user."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.filters.verify.sandbox.sandboxes import is_root
from tests.thorough import THOROUGH

ROOT = Path(__file__).resolve().parents[4]
FOLDER = Path(__file__).resolve().parent
FILES = ("test_sandbox_hostile.py", "test_sandbox.py")[: 1 + THOROUGH]
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env")


def _python() -> tuple[str, dict[str, str]]:
    """An interpreter that nobody can start and its environment; skips the test without one."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{ROOT}:{sysconfig.get_paths()['purelib']}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            trial = subprocess.run(
                [*AS_NOBODY, python, "-c", "import sys, pytest; assert sys.version_info >= (3, 11)"],
                env=environment,
                cwd=ROOT,
                capture_output=True,
                check=False,
            )
        except OSError:
            continue
        if trial.returncode == 0:
            return python, environment
    pytest.skip("no Python with pytest that an ordinary user can start")


@pytest.mark.skipif(not is_root(), reason="the tests are already run by an ordinary user")
def test_an_ordinary_user_gets_the_same() -> None:
    python, environment = _python()
    files = [str(FOLDER / name) for name in FILES]
    done = subprocess.run(
        [*AS_NOBODY, python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "namespaces", *files],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
