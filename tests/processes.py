"""Processes that come from another one, as /proc shows them."""

from collections.abc import Iterator
from pathlib import Path


def below(pid: int, ended: bool = False) -> Iterator[int]:
    """The processes that come from this one; with `ended` also those that nobody has reaped yet."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if ended or fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            yield child
            waiting.append(child)
