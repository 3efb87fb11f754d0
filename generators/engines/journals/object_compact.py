"""Merging a journal's objects: those that follow each other are copied here, merged as files are, and stored.

Merged objects stand where the last of their sources stood, so that who lists page by page cannot miss both.
Sources are removed when all that was made of them is stored. Killed at any point it leaves doubles at worst.
"""

import tempfile
from pathlib import Path

from generators.engines.journals import names
from generators.engines.journals.compact import (
    FULL_BYTES,
    FULL_RECORDS,
    OPEN_S,
    Compaction,
    Damaged,
    merge,
)
from generators.engines.journals.objects import Objects
from generators.engines.journals.segment import Segment
from generators.engines.journals.store import Store
from schemas.exceptions import InputError

_TRIES = 5


def compact_objects(store: Store, include_open: bool = False) -> Compaction:
    """Merge what writers of more than a day ago left; with `include_open` also what is younger.

    Needs room for 2 GiB in the folder for temporary files. InputError where another process changes the same
    objects meanwhile; OSError where the store or that folder cannot be written.
    """
    done = Compaction()
    now = _now(store)
    for _ in range(_TRIES):
        try:
            for run in _runs(Objects(store), now, include_open, done):
                _merge(store, run, done)
            return done
        except FileNotFoundError:
            continue  # another compaction took it
    raise InputError(
        f"the objects of the journal {store.url} kept changing while they were merged: another process compacts it, "
        "nothing is lost; run it again when that one has finished"
    )


def _now(store: Store) -> float:
    """The store's time."""
    name = f".{names.new_stem()}{names.PARTIAL}"
    store.patiently_put(name, b"")
    try:
        return store.modified(name)
    finally:
        store.remove([name])


def _runs(objects: Objects, now: float, include_open: bool, done: Compaction) -> list[list[str]]:
    """Objects to merge with each other: neighbours in the journal's order, a gibibyte at most."""
    runs: list[list[str]] = [[]]
    size = 0
    done.open = []
    for segment in objects.files:
        path = segment.path
        young = not include_open and now - names.written_at(path.name) <= OPEN_S
        if young and names.is_open(path.name):
            done.open.append(path)
        if young or path in done.damaged or _full(segment):
            runs.append([])
            size = 0
            continue
        if size + segment.size > FULL_BYTES:
            runs.append([])
            size = 0
        runs[-1].append(path.name)
        size += segment.size
    return [run for run in runs if len(run) > 1]


def _full(segment: Segment) -> bool:
    return "~" in segment.path.name and (
        segment.records >= FULL_RECORDS // 2 or segment.size >= FULL_BYTES // 2
    )


def _merge(store: Store, run: list[str], done: Compaction) -> None:
    with tempfile.TemporaryDirectory(prefix="journal-") as name:
        folder = Path(name)
        for one in run:
            store.download(one, folder / one)
        made = Compaction()
        try:
            merge([folder / one for one in run], made)
        except Damaged as damage:
            done.damaged.append(Path(damage.path.name))
            at = run.index(damage.path.name)
            for part in (run[:at], run[at + 1 :]):
                if len(part) > 1:
                    _merge(store, part, done)
            return
        for path in made.written:
            stored = path.name.replace(names.stem(Path(run[0])), names.stem(Path(run[-1])), 1)
            store.upload(path, stored)
            done.written.append(Path(stored))
        store.remove(run)
    done.merged += len(run)
    done.records += made.records
    done.doubles += made.doubles
