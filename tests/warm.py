"""Processes that run the real command, forked from one that has its modules loaded: a second less for each.

    python -m tests.warm     orders on standard input, a line of JSON each; answers with exit codes

Every command still has a process, an environment and a working folder of its own, and ends as the interpreter ends.
What it does not have of its own is the seed of hashes: a test that two processes agree asks for `fresh` ones.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    "build",
    "config_file",
    "diagnose",
    "explain",
    "listing",
    "preflight",
    "progress",
    "show",
    "verify.commands",
)
FAMILIES = ("generators.recipes", "generators.sources")
_servers: list[subprocess.Popen[str]] = []


def run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """`corrigenda WORDS` to its end."""
    server = _server()
    assert server.stdin and server.stdout
    with tempfile.TemporaryDirectory(prefix="corrigenda-said-") as folder:
        files = [f"{folder}/{name}" for name in ("out", "err")]
        order = {"words": list(words), "cwd": str(ROOT), "env": dict(os.environ), "files": files}
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (Path(file).read_text(encoding="utf-8") for file in files)
    return subprocess.CompletedProcess(list(words), code, out, err)


def _server() -> subprocess.Popen[str]:
    if not _servers:
        words = [sys.executable, "-m", "tests.warm"]
        _servers.append(
            subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        atexit.register(_end)
    return _servers[0]


def _end() -> None:
    for server in _servers:
        assert server.stdin and server.stdout
        server.stdin.close()
        server.wait()
        server.stdout.close()


def serve() -> dict[str, object] | None:
    """Answer orders to the end; in each forked process, return the order that it is for."""
    for name in COMMANDS:
        importlib.import_module(f"pipelines.{name}")
    for family in FAMILIES:
        for module in pkgutil.iter_modules(importlib.import_module(family).__path__, f"{family}."):
            importlib.import_module(module.name)
    gc.freeze()  # else each process spends 0.2 s at its end on collecting what all of them share
    for line in sys.stdin:
        order: dict[str, object] = json.loads(line)
        child = os.fork()
        if not child:
            return order
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def become(words: list[str], cwd: str, env: dict[str, str], files: list[str]) -> int:
    """Run the command as a process that was started for it would."""
    from pipelines.cli import main

    for descriptor, file in enumerate([os.devnull, *files]):
        opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["corrigenda", *words]
    return main(words)


if __name__ == "__main__":
    if (given := serve()) is not None:
        raise SystemExit(become(**given))  # type: ignore[arg-type]
