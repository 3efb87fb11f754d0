"""The Python that runs programs, and the folders of this machine that it needs to see."""

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from filters.verify.sandbox import inside

NOBODY = 65534
"""Who programs run as where the launcher is root."""
INSIDE = Path(next(iter(inside.__path__))).resolve()
"""The only folder of the project that is seen by a program."""
ROOT = INSIDE.parents[3]
"""What the project's absolute imports start from."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An executable and its folders, by their real paths."""

    executable: Path
    library: Path
    """`lib` of its prefix: the standard library and its shared objects."""

    @classmethod
    def running(cls) -> "Interpreter":
        """The one that runs this, without the virtual environment."""
        executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        return cls(executable, Path(sys.base_prefix).resolve() / sys.platlibdir)

    @property
    def folders(self) -> list[Path]:
        """Folders without which it does not start."""
        return [self.executable.parent, self.library]


def system_libraries() -> list[Path]:
    """Where the loader looks, as the paths are written (some are links into /usr)."""
    named = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo")
    return [path for path in map(Path, named) if path.exists()]


def site_folders() -> list[Path]:
    """Folders of the installed packages of the running environment."""
    paths = sysconfig.get_paths()
    return sorted({Path(paths[name]).resolve() for name in ("purelib", "platlib")})


def python_command(executable: Path, start: str) -> list[str]:
    """Python without site and user folders; the fixed hash seed makes sets of strings repeat their order."""
    return [os.fspath(executable), "-s", "-S", "-P", "-B", "-c", start]


ENVIRONMENT = {"PYTHONHASHSEED": "0", "LC_CTYPE": "C.UTF-8"}
"""All that a Python here starts with; the zygote empties it before any program."""
