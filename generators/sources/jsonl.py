"""Problems from a person's own files: .jsonl, .jsonl.gz, .jsonl.zst, .parquet.

    source: {jsonl: {paths: [data/train*.jsonl.gz], answer_after: "####", licence: MIT}}

reads GSM8K's own files, whose rows are {"question": "A robe takes 2 bolts …", "answer": "It
takes 2/2=<<2/2=1>>1 bolt …\\n#### 3"}. Not covered: JSON arrays and CSV (`hub` reads local CSV).
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from generators.rows import expand, first_row, read_rows
from generators.sources.columns import ColumnSource
from schemas.dropped import Dropped
from schemas.problem import Problem


class Jsonl(ColumnSource):
    """One or several files, one problem a row."""

    paths: list[str]
    """Files or patterns (`data/*.jsonl`, `**` for folders within), read in this order."""

    def problems(self) -> Iterator[Problem | Dropped]:
        files = expand(self.paths)
        for file in files:
            self.check_columns(first_row(file, "source"), file)
        seen: set[str] = set()
        for file in files:
            with closing(read_rows(file, "source")) as rows:
                name = self.name or Path(file).name.split(".")[0]
                yield from self.to_problems(rows, name, self.licence, seen)

    def files(self) -> list[str]:
        return expand(self.paths)
