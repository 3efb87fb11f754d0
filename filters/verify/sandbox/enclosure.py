"""The command lines that start a zygote: inside bubblewrap, or only as an ordinary user."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from filters.verify.sandbox.interpreter import (
    ENVIRONMENT,
    INSIDE,
    NOBODY,
    ROOT,
    Interpreter,
    python_command,
    site_folders,
    system_libraries,
)
from filters.verify.sandbox.seccomp import seccomp_filter

PRELOADED = [
    "abc",
    "bisect",
    "cmath",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "io",
    "itertools",
    "json",
    "math",
    "operator",
    "random",
    "re",
    "statistics",
    "string",
    "time",
    "traceback",
    "types",
    "typing",
]
"""Imported before the first program: what programs of benchmarks import most."""
_BWRAP_ROOT = Path("/corrigenda")


def bubblewrap() -> str | None:
    """Where the program is, None where it is not installed."""
    return shutil.which("bwrap", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/local/bin")


def command(python: Interpreter, namespaces: bool, site_packages: bool) -> list[str]:
    """The command line of a zygote whose socket is file 0."""
    root = _BWRAP_ROOT if namespaces else ROOT
    start = (
        f"import sys; sys.path.insert(0, {str(root)!r}); "
        "from filters.verify.sandbox.inside import zygote; zygote.main(0)"
    )
    line = python_command(python.executable, start)
    sites = site_folders() if site_packages else []
    if namespaces:
        line = [*_bwrap(python, sites), *line]
    return launched(line, [*python.folders, INSIDE, *sites])


def launched(line: list[str], expose: list[Path]) -> list[str]:
    """The command line through `launch.py`, which drops root and the environment."""
    settings = {
        "uid": NOBODY,
        "expose": [str(path) for path in expose],
        "command": line,
        "environment": ENVIRONMENT,
    }
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), json.dumps(settings)]


def _bwrap(python: Interpreter, sites: list[Path]) -> list[str]:
    """bwrap with its options. No /proc: /proc/sys and /proc/1/environ must not be there to be opened."""
    line = [bubblewrap() or "bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    line += ["--clearenv", *(word for pair in ENVIRONMENT.items() for word in ("--setenv", *pair))]
    for path in system_libraries():
        if path.is_symlink():
            line += ["--symlink", str(path.readlink()), str(path)]
        else:
            line += ["--ro-bind", str(path), str(path)]
    for path in (python.executable, python.library):
        line += ["--ro-bind", str(path), str(path)]
    for path, inside in zip(sites, _sites_inside(sites), strict=True):
        line += ["--ro-bind", str(path), inside]
    line += ["--ro-bind", str(INSIDE), str(_BWRAP_ROOT / INSIDE.relative_to(ROOT))]
    # the zygote may make namespaces for its cases; each case gives all of it up
    return [*line, "--dir", "/tmp", "--remount-ro", "/", "--cap-add", "CAP_SYS_ADMIN", "--chdir", "/", "--"]


def _sites_inside(sites: list[Path]) -> list[str]:
    """Where packages are seen inside: not where they are, for an environment may lie under /tmp, which is covered."""
    return [str(_BWRAP_ROOT / "packages" / str(number)) for number in range(len(sites))]


def settings(namespaces: bool, site_packages: bool, cores: int, python: Interpreter) -> dict[str, Any]:
    """What a zygote is told first."""
    sites = site_folders() if site_packages else []
    readable = [*system_libraries(), *python.folders, INSIDE, *sites]
    return {
        "namespaces": namespaces,
        "root": str(_BWRAP_ROOT if namespaces else ROOT),
        "filter": seccomp_filter(os.uname().machine, own_files=namespaces).hex(),
        "cores": cores,
        "site_packages": _sites_inside(sites) if namespaces else [str(path) for path in sites],
        # one thread for each numeric library: every case is one of many
        "environment": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} if site_packages else {},
        "preload": PRELOADED,
        "readable": None if namespaces else [str(path) for path in readable],
    }
