"""File systems: which one a folder is on, how much room it has, and whether it can be written."""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "lustre", "glusterfs", "beegfs", "gpfs", "9p"}
)
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True)
class Disk:
    """The file system of a folder that exists."""

    folder: Path
    device: int
    free: int
    """Bytes that this user may still write."""
    inodes: int | None
    """Files that can still be made; None where there is no such limit."""
    kind: str
    """Such as `ext4`; empty where it is not known."""
    read_only: bool


def disk_of(folder: Path) -> Disk:
    """Of the folder, or of the nearest one above that exists. OSError."""
    there = nearest_there(folder)
    room = os.statvfs(there)
    inodes = room.f_favail if room.f_files else None
    read_only = bool(room.f_flag & os.ST_RDONLY)
    return Disk(there, there.stat().st_dev, room.f_bavail * room.f_frsize, inodes, _kind(there), read_only)


def nearest_there(folder: Path) -> Path:
    """The folder itself or the nearest above it that exists."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


@dataclass(frozen=True)
class Tried:
    """How a small file fared: written, renamed, locked, removed."""

    failed: str = ""
    """Why it could not be written; empty where it could."""
    locks: bool = True
    skew_s: float = 0.0
    """Seconds by which the file system's clock is ahead of this machine's."""


def try_to_write(folder: Path) -> Tried:
    """Write a small file in a folder that exists, and leave nothing behind."""
    path = folder / f".corrigenda-doctor-{os.getpid()}-{time.monotonic_ns()}"
    target = path.with_suffix(".renamed")
    try:
        before = time.time()
        with path.open("w", encoding="ascii") as file:
            file.write("written by corrigenda doctor; may be removed\n" * 100)
            file.flush()
            os.fsync(file.fileno())
            locks = _locks(file.fileno())
            after = time.time()
            written = os.fstat(file.fileno()).st_mtime
        path.replace(target)
    except OSError as error:
        return Tried(failed=error.strerror or str(error))
    finally:
        for left in (path, target):
            try:
                left.unlink(missing_ok=True)
            except OSError:
                continue
    # The clock of a file's time ticks some milliseconds apart from the other.
    early, late = written - before, written - after
    return Tried("", locks, 0.0 if early > -1 and late < 1 else late if late >= 1 else early)


def _locks(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _kind(folder: Path) -> str:
    """The type of the mount that holds a folder."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    place, best, kind = str(folder.resolve()), -1, ""
    for line in lines:
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), found
    return kind
