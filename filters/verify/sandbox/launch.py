"""Starts a command as an ordinary user with an empty environment: `python -I -S launch.py SETTINGS`.

SETTINGS is JSON: `uid`, `expose` (folders the command needs) and `command`. Run by root it first makes a
mount namespace of its own; where the user could not reach an exposed folder (a Python under /root),
an empty folder covers the closed one and what is exposed is bound at its old place within.
Standard library only; it runs by its path, before anything is confined.
"""

import contextlib
import ctypes
import json
import os
import sys
from pathlib import Path

_CLONE_NEWNS, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x20000, 0x1000, 0x4000, 0x40000


def main() -> None:
    """Drop what must be dropped and become the command."""
    settings = json.loads(sys.argv[1])
    if os.geteuid() == 0:
        expose([Path(folder) for folder in settings["expose"]])
        os.setgroups([])
        os.setresgid(settings["uid"], settings["uid"], settings["uid"])
        os.setresuid(settings["uid"], settings["uid"], settings["uid"])
    os.chdir("/")
    os.execve(settings["command"][0], settings["command"], settings["environment"])


def closed_ancestor(path: Path) -> Path | None:
    """The topmost folder above `path` that others may not pass; None where they can read it."""
    for folder in [*reversed(path.parents), path]:
        needed = 0o5 if folder == path else 0o1
        if folder.stat().st_mode & needed != needed:
            return folder
    return None


def expose(folders: list[Path]) -> None:
    """Make the folders reachable for everybody in a mount namespace of this process's own."""
    closed: dict[Path, list[Path]] = {}
    for folder in folders:
        if top := closed_ancestor(folder):
            closed.setdefault(top, []).append(folder)
    if not closed:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.unshare(_CLONE_NEWNS))
    _checked(libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None))
    for top, inside in closed.items():
        files = [(os.open(folder, os.O_PATH), folder) for folder in inside]
        _checked(libc.mount(b"tmpfs", bytes(top), b"tmpfs", 0, b"mode=0755,size=64k"))
        for fd, folder in files:
            folder.mkdir(parents=True, exist_ok=True)
            source = f"/proc/self/fd/{fd}".encode()
            _checked(libc.mount(source, bytes(folder), None, _MS_BIND | _MS_REC, None))
            os.close(fd)


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
