"""The journal: nothing that was acknowledged is lost, whatever happens to its files."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.engines.base import Completion, Request, Sampling
from generators.engines.journal import Journal, completion_key
from schemas.exceptions import ConfigError

HARD = Completion('line\n"quote" é 😀 \u2028 \ud800', (1, 2, 3), "stop", -1.25)


def ask(*samples: int, temperature: float = 0.8, seed: int = 0) -> Request:
    return Request((1, 2), Sampling(temperature=temperature, seed=seed), samples or (0,))


def key(number: int) -> str:
    return completion_key("model", Request((number,), Sampling()), 0)


def fill(folder: Path, count: int) -> bytes:
    journal = Journal(folder)
    for number in range(count):
        journal.put(key(number), Completion(f"text {number}\n" * number, (number,), "length", None))
    journal.close()
    return next(folder.glob("*.jsonl")).read_bytes()


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.put(key(1), HARD, model="m", seed=7)
    assert journal.get(key(1)) == HARD
    journal.close()
    again = Journal(tmp_path)
    assert (again.get(key(1)), again.get(key(2)), len(again)) == (HARD, None, 1)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_cut_at_any_byte_keeps_exactly_the_whole_records_before(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = fill(folder, 6)
        cut = data.draw(st.integers(0, len(whole)))
        next(folder.glob("*.jsonl")).write_bytes(whole[:cut])
        journal = Journal(folder)
        kept = whole[:cut].count(b"\n")
        assert [key(n) in journal for n in range(6)] == [n < kept for n in range(6)]
        assert journal.unreadable == 0
        journal.put(key(9), HARD)  # goes to a file of its own, so the torn record stays the last
        journal.close()
        again = Journal(folder)
        assert (again.get(key(9)), len(again), again.unreadable) == (HARD, kept + 1, 0)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_byte_costs_one_record_and_is_counted(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = bytearray(fill(folder, 6))
        at = data.draw(st.integers(0, len(whole) - 1))
        damaged = bytes(whole).count(b"\n", 0, at)
        was_end = whole[at] == ord("\n")
        whole[at] = data.draw(st.integers(0, 255).filter(lambda b: b not in (whole[at], 10)))
        next(folder.glob("*.jsonl")).write_bytes(whole)
        journal = Journal(folder)
        lost = {damaged, damaged + 1} if was_end else {damaged}  # without its line end it eats the next
        assert {n for n in range(6) if journal.get(key(n)) is None} == lost - {6}
        assert journal.unreadable == (0 if 5 in lost else 1)


def test_a_record_that_changes_after_the_start_is_bought_again(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    journal = Journal(tmp_path)
    next(tmp_path.glob("*.jsonl")).write_bytes(b"")
    assert journal.get(key(0)) is None
    assert journal.unreadable == 1
    journal.put(key(0), HARD)
    assert journal.get(key(0)) == HARD


def test_two_writers_have_two_files_and_the_older_wins(tmp_path: Path) -> None:
    first, second = Journal(tmp_path), Journal(tmp_path)
    first.put(key(1), HARD)
    second.put(key(1), Completion("later", (), "stop"))
    second.put(key(2), Completion("second", (), "stop"))
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    merged = Journal(tmp_path)
    assert (merged.get(key(1)), len(merged)) == (HARD, 2)


def test_a_journal_that_is_only_read_writes_nothing(tmp_path: Path) -> None:
    assert len(Journal(tmp_path / "none")) == 0
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="is a file"):
        Journal(tmp_path / "file")


def test_keys_tell_apart_everything_that_shapes_an_answer() -> None:
    variants = [
        ("f", ask()),
        ("g", ask()),
        ("f", ask(seed=1)),
        ("f", ask(temperature=1.0)),
        ("f", Request((1, 3), Sampling())),
        ("f", Request((1, 2), Sampling(top_p=0.9))),
        ("f", Request((1, 2), Sampling(max_tokens=9))),
        ("f", Request((1, 2), Sampling(stop=("\n",)))),
        ("f", Request((1, 2), Sampling(stop=("\n",), keep_stop=True))),
    ]
    keys = {completion_key(f, r, s) for f, r in variants for s in (0, 1)}
    assert len(keys) == 2 * len(variants)
    # A whole number from YAML is the same temperature.
    assert completion_key("f", ask(temperature=1), 0) == completion_key("f", ask(temperature=1.0), 0)


_WRITER = """
import sys
from generators.engines.base import Completion, Request, Sampling
from generators.engines.journal import Journal, completion_key
journal = Journal(sys.argv[1])
for number in range(10**6):
    key = completion_key("model", Request((number,), Sampling()), 0)
    journal.put(key, Completion("x" * (number % 5000), (number,), "stop"))
    print(key, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(300)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout.read().split("\n") if len(line) == 32]
    journal = Journal(tmp_path)
    assert all(journal.get(each) is not None for each in acknowledged)
    assert journal.unreadable == 0
