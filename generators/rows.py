"""Rows of a person's own files: .jsonl (plain, .gz, .zst) and .parquet, read as streams.

A row that cannot be read is a `Dropped`, never an exception: `bad_encoding`, `line_too_long`,
`bad_json`, `not_an_object`, and `corrupt_file` once where a file is damaged after some rows. A file
that is unusable as a whole (missing, empty, no readable row, a needed column missing from
its first row) is an InputError before anything is yielded.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from glob import glob
from pathlib import Path
from typing import NamedTuple, TypeAlias

from generators.byte_lines import CorruptFile, byte_lines
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from schemas.family import nearest

KEPT_CHARACTERS = 2000  # of a dropped row's content
_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
_PARQUET_BATCH_ROWS = 1000


class Row(NamedTuple):
    """One object of a file; `where` is file name and line (or row), counted from 1."""

    values: Mapping[str, object]
    where: str

    def get(self, column: str) -> object:
        """The column's value, `a.b` reaching into objects; `MISSING` where there is none."""
        if column in self.values:
            return self.values[column]
        value: object = self.values
        for name in column.split("."):
            if not isinstance(value, Mapping) or name not in value:
                return MISSING
            value = value[name]
        return value

    def drop(self, stage: str, reason: str, detail: str = "") -> Dropped:
        """The row as a dropped one, its content cut."""
        content = json.dumps(dict(self.values), ensure_ascii=False, default=str)
        content = content.encode("utf-8", "replace").decode("utf-8")[:KEPT_CHARACTERS]
        return Dropped(stage=stage, reason=reason, where=self.where, detail=detail, content=content)


Rows: TypeAlias = Generator[Row | Dropped, None, None]


class _Missing:
    """The value of a column that a row does not have."""


MISSING = _Missing()


def expand(paths: Sequence[str]) -> list[str]:
    """Files that the paths and globs name, each once, a glob's in sorted order; InputError where none."""
    found: dict[str, None] = {}
    for path in paths:
        written = str(Path(path).expanduser())
        matches = [written] if Path(written).exists() else sorted(glob(written, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        files = [match for match in matches if Path(match).is_file()]
        if not files:
            raise InputError(_no_file(path, matches))
        found.update(dict.fromkeys(files))
    if not found:
        raise InputError("no file is named: give `paths` at least one file or pattern such as data/*.jsonl")
    for file in found:
        if not file.endswith(_ENDINGS):
            raise InputError(f"{file} is not one of {', '.join(_ENDINGS)}: convert it, or name other files")
    return list(found)


def _no_file(path: str, matches: list[str]) -> str:
    if matches:
        return f"{path} is a folder: name its files, for example {path.rstrip('/')}/*.jsonl"
    folder = Path(path).expanduser().parent
    if any(sign in str(folder) for sign in "*?["):
        return f"no file matches {path}: check the pattern"
    if not folder.is_dir():
        return f"there is no file {path}: the folder {folder} does not exist"
    near = nearest(Path(path).name, [entry.name for entry in folder.iterdir()])
    return f"no file matches {path}{near or ': check the path'}"


def read_rows(path: str, stage: str) -> Rows:
    """The rows of one file, and what could not be read."""
    read = 0
    rows = _parquet(path, stage) if path.endswith(".parquet") else _json_lines(path, stage)
    try:
        with closing(rows):
            for row in rows:
                read += isinstance(row, Row)
                yield row
    except (CorruptFile, OSError) as error:
        detail = f"{read} rows were read before the damage: {error}"
        yield Dropped(stage=stage, reason="corrupt_file", where=Path(path).name, detail=detail)


def check_columns(paths: Sequence[str], stage: str, needed: Mapping[str, str]) -> None:
    """InputError unless the first readable row of every file has the columns; `needed`: option -> column."""
    for path in paths:
        check_row(first_row(path, stage), path, needed)


def check_row(row: Row, origin: str, needed: Mapping[str, str]) -> None:
    """InputError naming the option, the columns found and the near one, where the row lacks a column."""
    for option, column in needed.items():
        if row.get(column) is MISSING:
            columns = list(row.values)
            near = nearest(column, columns)
            raise InputError(
                f"{origin} has no column {column!r}{near} Its columns are: {', '.join(columns)}. "
                f"Set `{option}` to the one that holds it."
            )


def first_row(path: str, stage: str) -> Row:
    """The first readable row; InputError where a file is empty or holds none."""
    dropped = None
    with closing(read_rows(path, stage)) as rows:
        for row in rows:
            if isinstance(row, Row):
                return row
            dropped = dropped or row
    if dropped is None:
        raise InputError(f"{path} is empty: it needs one JSON object a line, or another file")
    why = f"{dropped.where} is {dropped.reason}: {dropped.detail or dropped.content[:80]}"
    raise InputError(f"{path} holds no readable row ({why}); it must hold one JSON object a line")


def _json_lines(path: str, stage: str) -> Rows:
    name = Path(path).name
    with closing(byte_lines(path)) as lines:
        for number, line in enumerate(lines, start=1):
            row = _row(line, f"{name}:{number}", stage)
            if row is not None:
                yield row


def _row(line: bytes | None, where: str, stage: str) -> Row | Dropped | None:
    """None for a blank line."""
    if line is None:
        return Dropped(stage=stage, reason="line_too_long", where=where)
    content = line.decode("utf-8", "replace").strip("\ufeff\r\n\t ")
    if not content:
        return None
    reason, detail = "bad_json", ""
    try:
        line.decode("utf-8")
        values = json.loads(content)
        # Half a surrogate pair is legal JSON and cannot be written to any file afterwards.
        if "\\ud" in content.lower():
            json.dumps(values, ensure_ascii=False).encode("utf-8")
        if isinstance(values, dict):
            return Row(values, where)
        reason, detail = "not_an_object", f"a JSON {type(values).__name__}"
    except UnicodeError as error:
        reason, detail = "bad_encoding", str(error)[:KEPT_CHARACTERS]
    except (ValueError, RecursionError) as error:
        detail = str(error)[:KEPT_CHARACTERS]
    return Dropped(stage=stage, reason=reason, where=where, detail=detail, content=content[:KEPT_CHARACTERS])


def _parquet(path: str, stage: str) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    name, number = Path(path).name, 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_PARQUET_BATCH_ROWS):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(values, f"{name}:{number}")
    except pa.ArrowException as error:
        raise CorruptFile(str(error)) from None
