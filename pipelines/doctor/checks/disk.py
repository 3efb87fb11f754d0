"""Room and rights where the build writes: its folder, its journal, and the folder for temporary files."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.doctor.amounts import amounts_of
from pipelines.doctor.base import Situation
from pipelines.doctor.disks import IN_MEMORY, NETWORK, Disk, Tried, disk_of, try_to_write
from pipelines.findings import Finding, Kind

LEAST_BYTES = 1 << 30
"""Where nothing says how large the build is: a small one with its journal."""
LEAST_TEMPORARY_BYTES = 64 << 20
LEAST_INODES = 10_000
"""A build makes some ten files a chunk."""

FINE = Kind("disk.ok", "ok", "There is room, and files can be written, renamed and locked.")
SHORT = Kind(
    "disk.short",
    "error",
    "There is less room than the build is expected to need. A build whose disk is full stops buying and keeps what it "
    "has, but it does not end.",
    "Make room, give another --out or `run.journal`, or build fewer problems (--limit). `corrigenda plan` measures "
    "what is needed.",
)
TIGHT = Kind(
    "disk.tight",
    "warning",
    "There is room for the build as expected, and not for twice as much.",
    "Make room, or look at `corrigenda plan`, which measures.",
)
FILES = Kind(
    "disk.few_files_left",
    "warning",
    "The file system can hold few more files, however much room it has.",
    "Remove small files (old builds, caches): `df -i` shows where.",
)
NO_WRITE = Kind(
    "disk.not_writable",
    "error",
    "A file could not be written where the build must write.",
    "Give this user the right to write there, mount it for writing, make room, or name another folder.",
)
NO_LOCK = Kind(
    "disk.no_locks",
    "warning",
    "The file system has no locks (flock): nothing keeps two builds out of one folder.",
    "Never start two builds with the same --out; over NFS mount with locks (nfs4, or local_lock=flock).",
)
REMOTE = Kind(
    "disk.network",
    "note",
    "The folder is on a network file system. The journal is made for that; chunks and shards take longer to write.",
    "Nothing. A journal may be shared by machines; a build's folder belongs to one build at a time.",
)
MEMORY = Kind(
    "disk.in_memory",
    "warning",
    "The folder is in memory: it takes memory from the build, and is gone when the machine starts again, with all "
    "that was paid for.",
    "Put `run.journal` at least on a disk.",
)
UNKNOWN = Kind(
    "disk.need_unknown",
    "note",
    "How much room the build needs cannot be told beforehand, as no source says how many problems it has.",
    "Give --limit, or look at `corrigenda plan`.",
)
GONE = Kind(
    "disk.unreadable",
    "error",
    "The file system does not say what it is: a mount that is gone, or a folder that may not be looked into.",
    "Mount it again, or name another folder.",
)


def look(at: Situation) -> Iterator[Finding]:
    """Every file system that is written to, once."""
    amounts = amounts_of(at.config) if at.config is not None and at.out is not None else None
    need = amounts.disk_bytes if amounts else None
    if amounts and need is None:
        yield UNKNOWN.found(amounts.how)
    places: list[tuple[str, Path, int]] = [
        ("temporary files", Path(tempfile.gettempdir()), LEAST_TEMPORARY_BYTES)
    ]
    if at.out is not None:
        places.insert(0, ("the build", at.out, need or LEAST_BYTES))
    if at.journal is not None and (at.out is None or not at.journal.is_relative_to(at.out)):
        places.insert(0, ("the journal", at.journal, need or LEAST_BYTES))
    seen: set[int] = set()
    for what, folder, wanted in places:
        try:
            disk = disk_of(folder)
        except OSError as error:
            yield GONE.found(f"{folder} ({what}): {error.strerror or error}")
            continue
        how = f" ({amounts.how})" if amounts and need and wanted == need else ""
        again = what == "temporary files" and disk.device in seen
        yield from about(what, folder, disk, try_to_write(disk.folder), wanted, how, again=again)
        seen.add(disk.device)


def about(
    what: str, folder: Path, disk: Disk, tried: Tried, wanted: int, how: str = "", *, again: bool = False
) -> Iterator[Finding]:
    """One folder, on a disk where so many bytes are wanted; `again`: the disk was looked at already."""
    said = f"{folder} ({what})"
    if disk.read_only or tried.failed:
        why = "mounted read-only" if disk.read_only else tried.failed
        yield NO_WRITE.found(f"{said}: {disk.folder}: {why}")
        return
    if again:
        return
    room = f"{_size(disk.free)} free, {_size(wanted)} wanted{how}"
    if disk.free < wanted:
        yield SHORT.found(f"{said}: {room}")
    elif disk.free < 2 * wanted:
        yield TIGHT.found(f"{said}: {room}")
    else:
        yield FINE.found(f"{said}: {room}")
    if disk.inodes is not None and disk.inodes < LEAST_INODES:
        yield FILES.found(f"{said}: {disk.inodes:,} files can still be made")
    if not tried.locks:
        yield NO_LOCK.found(f"{said}: {disk.kind or 'unknown file system'}")
    if disk.kind in NETWORK or disk.kind.startswith("fuse."):
        yield REMOTE.found(f"{said}: {disk.kind}")
    if disk.kind in IN_MEMORY and what != "temporary files":
        yield MEMORY.found(f"{said}: {disk.kind}")


def _size(amount: int) -> str:
    return f"{amount / 2**30:.1f} GiB" if amount >= 1 << 30 else f"{amount / 2**20:.0f} MiB"
