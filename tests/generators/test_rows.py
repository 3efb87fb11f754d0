"""Reading files: compression, damage, bad lines, patterns, and handles that are closed."""

import json
import random
from contextlib import closing
from pathlib import Path

import pytest

from generators import byte_lines as module
from generators.byte_lines import byte_lines
from generators.rows import Row, expand, first_row, read_rows
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from tests.writing import ROW, compressed, write_lines

BAD_LINES = [
    (b'{"id":', "bad_json"),
    (b"[" * 100_000, "bad_json"),
    (b'{"answer": ' + b"9" * 5000 + b"}", "bad_json"),
    (b"[1, 2]", "not_an_object"),
    (b'"text"', "not_an_object"),
    (b'{"a": "\xff"}', "bad_encoding"),
    (b'{"a": "\\ud83d"}', "bad_encoding"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES, ids=lambda v: str(v)[:20])
def test_a_bad_line_is_dropped_with_its_reason_and_place(tmp_path: Path, line: bytes, reason: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", [ROW, b"", line, ROW])
    first, dropped, last = read_rows(str(path), "source")
    assert isinstance(first, Row) and isinstance(last, Row) and last.where == "a.jsonl:4"
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.where, dropped.stage) == (reason, "a.jsonl:3", "source")
    assert dropped.content == line.decode("utf-8", "replace")[:2000]


def test_a_line_beyond_the_limit_is_dropped_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST_LINE_BYTES", 100_000)
    path = write_lines(tmp_path / "a.jsonl", [{"a": "x" * 500_000}, ROW])
    dropped, row = read_rows(str(path), "source")
    assert isinstance(dropped, Dropped) and dropped.reason == "line_too_long"
    assert isinstance(row, Row) and row.values == ROW


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_concatenated_files_of_every_compression_are_read_to_their_end(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    # A byte order mark, Windows line ends, and no line break at the end.
    raw = b"\xef\xbb\xbf" + b"".join(json.dumps({"n": n}).encode() + b"\r\n" for n in range(20_000))
    path.write_bytes(compressed(raw, path.name) + compressed(b'{"n": 20000}', path.name))
    rows = [row for row in read_rows(str(path), "source") if isinstance(row, Row)]
    assert [row.values["n"] for row in rows] == list(range(20_001))


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("damage", ["cut", "overwritten"])
def test_a_file_damaged_in_the_middle_gives_its_rows_and_says_so(
    tmp_path: Path, ending: str, damage: str
) -> None:
    noise = random.Random(0)
    lines = [{"n": n, "noise": noise.randbytes(200).hex()} for n in range(10_000)]
    path = write_lines(tmp_path / f"a.{ending}", lines)
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(data[:middle] if damage == "cut" else data[:middle] + b"\0" * 500 + data[middle + 500 :])
    *rows, last = read_rows(str(path), "source")
    whole = [row for row in rows if isinstance(row, Row)]
    assert isinstance(last, Dropped) and last.reason == "corrupt_file"
    assert str(len(whole)) in last.detail
    assert [row.values for row in whole[:4000]] == lines[:4000]
    # A checksum stands at the end: what was overwritten may be noticed only there.
    assert damage == "overwritten" or [row.values for row in whole] == lines[: len(whole)]


def test_parquet_rows_are_read_and_numbered(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist([ROW] * 2500), path)
    rows = list(read_rows(str(path), "source"))
    assert len(rows) == 2500 and rows[-1] == Row(ROW, "a.parquet:2500")
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(InputError, match="holds no readable row"):
        first_row(str(path), "source")


def test_patterns_name_files_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "c[1].jsonl"):
        write_lines(tmp_path / name, [ROW])
    named = [str(tmp_path / "b.jsonl"), str(tmp_path / "*.jsonl"), str(tmp_path / "c[1].jsonl")]
    assert [Path(p).name for p in expand(named)] == ["b.jsonl", "a.jsonl", "c[1].jsonl"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("trian.jsonl", "did you mean 'train.jsonl'"),
        ("*.json", "no file matches"),
        ("away/a.jsonl", "does not exist"),
        ("", "is a folder: name its files"),
        ("notes.txt", "is not one of .jsonl"),
    ],
)
def test_a_path_without_a_file_says_what_to_do(tmp_path: Path, path: str, message: str) -> None:
    write_lines(tmp_path / "train.jsonl", [ROW])
    write_lines(tmp_path / "notes.txt", [ROW])
    with pytest.raises(InputError, match=message):
        expand([str(tmp_path / path)])


def test_no_path_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="no file is named"):
        expand([])


@pytest.mark.parametrize(("lines", "message"), [([], "is empty"), ([b"[", b"]"], "a.jsonl:1 is bad_json")])
def test_a_file_without_rows_is_refused(tmp_path: Path, lines: list[bytes], message: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", lines)
    with pytest.raises(InputError, match=message):
        first_row(str(path), "source")


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_stopping_early_closes_the_file(tmp_path: Path, ending: str) -> None:
    path = write_lines(tmp_path / f"a.{ending}", [ROW] * 50_000)
    before = _open_files()
    with closing(read_rows(str(path), "source")) as rows:
        next(rows)
        assert _open_files() - before == {str(path)}
    lines = byte_lines(str(path))
    next(lines)
    lines.close()
    assert _open_files() == before


def _open_files() -> set[str]:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("no /proc here")
    return {str(link.resolve()) for link in folder.iterdir() if link.resolve().is_file()}
