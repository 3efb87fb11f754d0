"""`corrigenda journal`: what it prints, and its exit codes."""

from pathlib import Path

import pytest

from generators.engines.base import Completion, Request, Sampling, Scores
from generators.engines.journal import Journal
from generators.engines.journals.keys import completion_key, score_key
from generators.engines.journals.names import files
from pipelines.cli import main


def write(folder: Path, first: int, last: int, close: bool = True) -> None:
    journal = Journal(folder)
    for number in range(first, last):
        journal.put(
            completion_key("f", Request((number,), Sampling()), 0),
            Completion(f"answer {number} " * 20, (1, 2, 3), "stop"),
            model="tiny",
        )
    journal.put_scores(score_key("g", (first,), (2,)), Scores((-1.0,)), model="other")
    if close:
        journal.close()


def test_stats_count_by_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, 0, 30)
    write(tmp_path, 30, 40, close=False)
    assert main(["journal", "stats", str(tmp_path)]) == 0
    words = capsys.readouterr().out.split()
    text = " ".join(words)
    assert "records 42 files 2 (1 open)" in text
    assert "tiny completions 40 (120 tokens) scores 0 written 20" in text
    assert "other completions 0 (0 tokens) scores 2" in text


def test_compact_merges_and_says_what_it_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, 0, 30)
    write(tmp_path, 20, 40)
    write(tmp_path, 40, 50, close=False)
    left = next(tmp_path.glob("*.open"))
    assert main(["journal", "compact", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "merged 2 files into 1: 42 records, 0 doubles left out" in out
    assert f"left {left}" in out
    assert main(["journal", "compact", str(tmp_path), "--include-open"]) == 0
    assert "merged 2 files into 1: 53 records" in capsys.readouterr().out
    assert len(files(tmp_path)) == 1


def test_verify_names_file_and_offset_of_what_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, 0, 30)
    write(tmp_path, 40, 50, close=False)
    assert main(["journal", "verify", str(tmp_path)]) == 0
    assert "42 records in 2 files, 0 doubles, 0 damaged" in capsys.readouterr().out
    sealed, opened = files(tmp_path)
    content = opened.read_bytes()
    second = content.index(b"\n") + 1
    opened.write_bytes(content[:second] + b"#" + content[second + 1 :] + b'{"key":"12')
    assert main(["journal", "verify", str(tmp_path)]) == 4
    said = capsys.readouterr()
    assert f"{opened}:{second}: unreadable record" in said.err
    assert f"{opened}:{len(content)}: torn last record" in said.out
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"\xff")
    assert main(["journal", "verify", str(tmp_path)]) == 4
    assert f"{sealed}:" in capsys.readouterr().err
    assert main(["journal", "compact", str(tmp_path), "--include-open"]) == 4


@pytest.mark.parametrize("action", ["stats", "compact", "verify"])
def test_a_folder_that_is_not_there_is_named(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", action, str(tmp_path / "none")]) == 2
    assert f"there is no journal {tmp_path / 'none'}" in capsys.readouterr().err
