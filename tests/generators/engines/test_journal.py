"""The journal: nothing that was acknowledged is lost, whatever happens to its files."""

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.engines.base import Completion, Request, Sampling, Scores
from generators.engines.journal import Journal
from generators.engines.journals.keys import completion_key
from schemas.exceptions import ConfigError

HARD = Completion('line\n"quote" é 😀 \u2028 \ud800', (1, 2, 3), "stop", -1.25)


def ask(*samples: int, temperature: float = 0.8, seed: int = 0) -> Request:
    return Request((1, 2), Sampling(temperature=temperature, seed=seed), samples or (0,))


def key(number: int) -> str:
    return completion_key("model", Request((number,), Sampling()), 0)


def fill(folder: Path, count: int) -> bytes:
    """Records as a killed writer leaves them: in a file that is still open."""
    journal = Journal(folder)
    for number in range(count):
        journal.put(key(number), text(number))
    return next(folder.glob("*.open")).read_bytes()


def text(number: int) -> Completion:
    return Completion(f"text {number}\n" * number, (number,), "length", None)


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
        next(folder.glob("*.open")).write_bytes(whole[:cut])
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
        next(folder.glob("*.open")).write_bytes(whole)
        journal = Journal(folder)
        lost = {damaged, damaged + 1} if was_end else {damaged}  # without its line end it eats the next
        assert {n for n in range(6) if journal.get(key(n)) is None} == lost - {6}
        assert journal.unreadable == (0 if 5 in lost else 1)


def test_a_record_that_changes_after_the_start_is_bought_again(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    journal = Journal(tmp_path)
    next(tmp_path.glob("*.open")).write_bytes(b"")
    assert journal.get(key(0)) is None
    assert journal.unreadable == 1
    journal.put(key(0), HARD)
    assert journal.get(key(0)) == HARD


def test_two_writers_have_two_files_and_the_older_wins(tmp_path: Path) -> None:
    first, second = Journal(tmp_path), Journal(tmp_path)
    first.put(key(1), HARD)
    second.put(key(1), Completion("later", (), "stop"))
    second.put(key(2), Completion("second", (), "stop"))
    assert len(list(tmp_path.glob("*.open"))) == 2
    merged = Journal(tmp_path)
    assert (merged.get(key(1)), len(merged)) == (HARD, 2)


def test_numbers_per_token_come_back_exactly(tmp_path: Path) -> None:
    detailed = replace(HARD, logprobs=(-0.1, -math.inf, 1e300), entropies=(0.5, 0.25, 0.0))
    scores = Scores((-0.5, -1e-9), (0.1, 2.0))
    journal = Journal(tmp_path)
    for _ in range(2):
        journal.put(key(1), detailed)
        journal.put_scores(key(2), scores)
        journal.put_scores(key(3), Scores(()))
        assert (journal.get(key(1)), journal.get_scores(key(2))) == (detailed, scores)
        assert journal.get_scores(key(3)) == Scores(())
        journal.close()
        journal = Journal(tmp_path)


def test_files_of_before_are_read(tmp_path: Path) -> None:
    old = b'{"key":"%s","model":"m","scores":[-0.5,-1.25]' % key(4).encode()
    name = "01790000000000000000-1-aa.jsonl"
    (tmp_path / name).write_bytes(old + b',"sum":"%s"}\n' % sha256(old).hexdigest()[:16].encode())
    assert Journal(tmp_path).get_scores(key(4)) == Scores((-0.5, -1.25))


def test_a_closed_journal_is_one_compressed_file_that_any_tool_reads(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(50):
        journal.put(key(number), text(number))
    journal.close()
    (sealed,) = tmp_path.iterdir()
    with zstandard.open(sealed, "rt", encoding="utf-8") as file:
        assert [json.loads(line)["key"] for line in file] == [key(number) for number in range(50)]
    assert [Journal(tmp_path).get(key(number)) for number in range(51)] == [*map(text, range(50)), None]
    assert journal.get(key(7)) == text(7)


def test_full_files_are_sealed_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generators.engines.journals.live.FULL_RECORDS", 7)
    journal = Journal(tmp_path)
    for number in range(50):
        journal.put(key(number), text(number))
        journal.put(key(number), HARD)
        assert journal.get(key(number // 2)) == text(number // 2)
    assert (len(list(tmp_path.glob("*.zst"))), len(list(tmp_path.glob("*.open"))), len(journal)) == (7, 1, 50)
    assert [Journal(tmp_path).get(key(number)) for number in range(50)] == [*map(text, range(50))]


def test_a_child_process_writes_a_file_of_its_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.put(key(1), text(1))
    child = os.fork()
    if not child:
        journal.put(key(2), text(2))
        journal.put(key(1), HARD)
        os._exit(0 if journal.get(key(1)) == text(1) else 1)
    assert os.waitpid(child, 0)[1] == 0
    journal.put(key(3), text(3))
    again = Journal(tmp_path)
    assert [again.get(key(number)) for number in (1, 2, 3)] == [text(1), text(2), text(3)]
    assert (again.unreadable, len(list(tmp_path.iterdir()))) == (0, 2)


def test_a_writer_whose_file_was_taken_away_goes_on_in_another(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.put(key(1), text(1))
    next(tmp_path.glob("*.open")).unlink()
    journal.put(key(2), text(2))
    assert Journal(tmp_path).get(key(2)) == text(2)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_byte_of_a_segment_costs_no_more_than_its_block(data: st.DataObject) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("generators.engines.journals.segment_writer.BLOCK_BYTES", 400)
        folder = Path(name)
        journal = Journal(folder)
        for number in range(12):
            journal.put(key(number), text(number))
        journal.close()
        sealed = next(folder.glob("*.zst"))
        whole = bytearray(sealed.read_bytes())
        # Compressed length differs from second to second, so the place is drawn as a share.
        whole[data.draw(st.integers(0, 999)) * len(whole) // 1000] ^= data.draw(st.integers(1, 255))
        sealed.write_bytes(whole)
        journal = Journal(folder)
        got = [journal.get(key(number)) for number in range(12)]
        lost = [number for number in range(12) if got[number] is None]
        assert [got[n] for n in range(12) if n not in lost] == [text(n) for n in range(12) if n not in lost]
        assert len(lost) <= 3 and lost == [*range(lost[0], lost[-1] + 1)] if lost else True
        for number in lost:  # what is bought again stays found
            journal.put(key(number), text(number))
        journal.close()
        assert [Journal(folder).get(key(number)) for number in range(12)] == [*map(text, range(12))]


def test_a_segment_cut_at_any_byte_keeps_its_whole_blocks(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generators.engines.journals.segment_writer.BLOCK_BYTES", 400)
        journal = Journal(tmp_path)
        for number in range(8):
            journal.put(key(number), text(number))
        journal.close()
    sealed = next(tmp_path.glob("*.zst"))
    whole, kept = sealed.read_bytes(), []
    for cut in range(len(whole) + 1):
        sealed.write_bytes(whole[:cut])
        journal = Journal(tmp_path)
        got = [journal.get(key(number)) for number in range(8)]
        assert all(one in (None, text(number)) for number, one in enumerate(got))
        kept.append(sum(one is not None for one in got))
    assert kept == sorted(kept)
    assert (kept[0], kept[-1]) == (0, 8)


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
from generators.engines.journal import Journal
from generators.engines.journals.keys import completion_key
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
