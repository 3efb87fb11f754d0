"""Compaction: whenever it runs and however it ends, every key replays what it replayed before."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.engines.base import Completion, Request, Sampling
from generators.engines.journal import Journal
from generators.engines.journals import compact as compacting
from generators.engines.journals import names
from generators.engines.journals.compact import compact
from generators.engines.journals.examine import stats, verify
from generators.engines.journals.keys import completion_key
from tests.commands import ROOT

KEYS = [completion_key("model", Request((number,), Sampling()), 0) for number in range(40)]
WRITERS = st.lists(
    st.tuples(
        st.lists(st.integers(0, len(KEYS) - 1), max_size=12),
        st.sampled_from(["sealed", "closed", "open", "old", "torn"]),
    ),
    max_size=7,
)


def write(folder: Path, numbers: list[int], state: str, label: str) -> None:
    """A writer's file: purchases that it made without seeing the others'."""
    private = folder / "private"
    journal = Journal(private)
    for number in numbers:
        journal.put(KEYS[number], Completion(f"{label} {number}", (number,) * number, "stop"))
    if state == "sealed":
        journal.close()
    for path in names.files(private):
        target = folder / path.name
        if state == "closed":
            target = target.with_suffix(names.CLOSED)
        if state == "torn":
            path.write_bytes(path.read_bytes() + b'{"key":"1234')
        path.rename(target)
        if state in ("old", "torn"):
            age = time.time() - compacting.OPEN_S - 60
            os.utime(target, (age, age))
    if private.is_dir():
        private.rmdir()


def replay(folder: Path) -> list[Completion | None]:
    journal = Journal(folder)
    return [journal.get(key) for key in KEYS]


@settings(max_examples=60, deadline=None)
@given(WRITERS, st.booleans())
def test_replays_are_the_same_before_and_after(
    writers: list[tuple[list[int], str]], include_open: bool
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number, (numbers, state) in enumerate(writers):
            write(folder, numbers, state, f"writer {number}")
        before, reader = replay(folder), Journal(folder)
        done = compact(folder, include_open)
        assert replay(folder) == before
        assert [reader.get(key) for key in KEYS] == before  # opened before the files were merged
        left = [path for path in names.files(folder) if path.name.endswith(names.OPEN)]
        assert left == done.open == ([] if include_open else left)
        assert len(left) == (0 if include_open else sum(state == "open" and bool(n) for n, state in writers))
        found = verify(folder)
        assert found.damages == []
        if not left:
            assert len(list(folder.iterdir())) <= 1
            assert (found.records, found.doubles) == (sum(b is not None for b in before), 0)
        assert compact(folder, include_open).merged == 0  # nothing is left to do


def test_a_record_that_was_doubled_by_a_kill_between_merge_and_removal_counts_once(tmp_path: Path) -> None:
    write(tmp_path, [1, 2, 3], "closed", "first")
    write(tmp_path, [3, 4], "closed", "second")
    sources = {path: path.read_bytes() for path in names.files(tmp_path)}
    before = replay(tmp_path)
    compact(tmp_path)
    for path, content in sources.items():
        path.write_bytes(content)
        assert replay(tmp_path) == before
    assert verify(tmp_path).doubles == 5
    done = compact(tmp_path)
    assert (replay(tmp_path), done.merged, done.records, done.doubles) == (before, 3, 4, 5)


def test_merged_files_that_are_large_enough_stay_and_part_their_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "FULL_RECORDS", 4)
    write(tmp_path, [*range(10)], "closed", "first")
    before = replay(tmp_path)
    assert len(compact(tmp_path).written) == 3
    assert replay(tmp_path) == before
    full = names.files(tmp_path)
    write(tmp_path, [11], "closed", "second")
    write(tmp_path, [12], "sealed", "third")
    done = compact(tmp_path)
    assert (done.merged, done.records) == (2, 2)
    assert set(full) < set(names.files(tmp_path))


def test_a_damaged_file_is_left_alone_and_its_neighbours_are_merged(tmp_path: Path) -> None:
    for label in ("first", "second", "third", "fourth"):
        write(tmp_path, [1, 2, 3], "sealed", label)
    damaged = names.files(tmp_path)[1]
    content = bytearray(damaged.read_bytes())
    content[20] ^= 1
    damaged.write_bytes(content)
    before = replay(tmp_path)
    done = compact(tmp_path)
    assert done.damaged == [damaged] and damaged.read_bytes() == content
    assert (replay(tmp_path), done.merged) == (before, 2)
    assert [(d.path, d.offset, d.what) for d in verify(tmp_path).damages] == [(damaged, 0, "damaged block")]


def test_verify_finds_every_byte_that_changes_in_a_merged_file(tmp_path: Path) -> None:
    write(tmp_path, [1, 2, 3], "closed", "first")
    compact(tmp_path)
    (path,) = names.files(tmp_path)
    whole = path.read_bytes()
    for at in set(range(len(whole))) - {4}:  # bit 4 there is the one bit of a zstd frame that says nothing
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert verify(tmp_path).damages != [], at


_WRITER = """
import sys
from generators.engines import journals
from generators.engines.base import Completion, Request, Sampling
from generators.engines.journal import Journal
from generators.engines.journals import live
from generators.engines.journals.keys import completion_key
live.FULL_RECORDS = 40
first, last = int(sys.argv[2]), int(sys.argv[3])
journal = Journal(sys.argv[1])
for number in range(first, last):
    key = completion_key("model", Request((number,), Sampling()), 0)
    journal.put(key, Completion(f"{number}", (number,) * (number % 50), "stop"))
    assert journal.get(key).text == str(number)
    if number % 7 == 0:
        early = completion_key("model", Request((first + (number - first) // 2,), Sampling()), 0)
        assert journal.get(early) is not None
journal.close()
"""

_COMPACT = """
import sys
from pathlib import Path
from generators.engines.journals.compact import compact
while True:
    compact(Path(sys.argv[1]))
    print("done", flush=True)
"""


def test_writers_and_killed_compactions_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), str(n * 500), str(n * 500 + 600)], cwd=ROOT
        )
        for n in range(3)  # they overlap: 100 keys are written twice
    ]
    rng, finished = random.Random(3), 0
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", _COMPACT, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as compaction:
            assert compaction.stdout is not None
            finished += bool(compaction.stdout.readline())
            time.sleep(rng.uniform(0, 0.05))
            compaction.send_signal(signal.SIGKILL)
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert finished >= 3
    journal = Journal(tmp_path)
    keys = [completion_key("model", Request((number,), Sampling()), 0) for number in range(1600)]
    assert [journal.get(key) for key in keys] == [
        Completion(str(number), (number,) * (number % 50), "stop") for number in range(1600)
    ]
    compact(tmp_path)
    assert verify(tmp_path).damages == []
    assert (stats(tmp_path).records, len(names.files(tmp_path))) == (1600, 1)
