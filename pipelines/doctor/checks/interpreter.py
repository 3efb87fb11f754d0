"""Python and the operating system."""

import platform
import sys
from collections.abc import Iterator

from pipelines.doctor.base import Situation
from pipelines.findings import Finding, Kind

LEAST = (3, 11)
TRIED = ((3, 11), (3, 12), (3, 13))
"""For these all requirements are known to resolve together."""

PYTHON = Kind(
    "python.ok",
    "ok",
    "All requirements are known to install together on this Python, and the system has all that builds use.",
)
TOO_OLD = Kind(
    "python.too_old",
    "error",
    "Corrigenda uses what came with Python 3.11 (task groups, time-outs of asyncio) and does not start below it.",
    "Make a virtual environment with Python 3.11, 3.12 or 3.13.",
)
UNTRIED = Kind(
    "python.untried",
    "note",
    "Nobody has tried this Python; single packages may have no wheels for it.",
    "Where something fails, take Python 3.11 to 3.13 before looking further.",
)
NOT_LINUX = Kind(
    "platform.not_linux",
    "warning",
    "The sandbox for programs needs Linux, and vLLM too. Everything else works.",
    "For problems with tests (code), run the build on Linux or in a container.",
)


def look(at: Situation) -> Iterator[Finding]:
    """The version and the platform."""
    yield from about(sys.version_info[:2], platform.python_version(), sys.platform, platform.platform())


def about(version: tuple[int, ...], written: str, system: str, machine: str) -> Iterator[Finding]:
    """What there is to say of a Python version on a system (`sys.platform`)."""
    said = f"Python {written} on {machine}"
    if version < LEAST:
        yield TOO_OLD.found(said)
    elif version not in TRIED:
        yield UNTRIED.found(said)
    elif system.startswith("linux"):
        yield PYTHON.found(said)
    if not system.startswith("linux"):
        yield NOT_LINUX.found(said)
