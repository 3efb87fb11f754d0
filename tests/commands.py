"""Running the real command in a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests import warm

ROOT = warm.ROOT


def command(*words: object) -> list[str]:
    """The command line of `corrigenda …`."""
    return [sys.executable, "-m", "pipelines.cli", *map(str, words)]


def corrigenda(*words: object, fresh: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `corrigenda …` to its end, `fresh` in an interpreter of its own."""
    if not fresh:
        return warm.run([str(word) for word in words])
    return subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, check=False)


def hashes(out: Path) -> dict[str, str]:
    """SHA-256 of every file under `data/`."""
    from pipelines.files import sha256_of

    return {str(p.relative_to(out)): sha256_of(p) for p in sorted((out / "data").rglob("*.parquet"))}
