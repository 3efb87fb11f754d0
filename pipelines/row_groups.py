"""Row groups that end where the problems say, so that a dataset that grows keeps the bytes it has.

Row groups of a fixed number of rows shift all the way behind a new row, and with them every column's pages; of a small
table, which is one group, all bytes change. Of 1,300 GSM8K problems and 13 more behind them (3.8 MB in eight files,
read as the Hub's chunks of 64 KiB) 12 % of the bytes were new with these groups, 20 % with groups of 80 problems
alone: docs/log.md.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.cutting import cut_finer

PROBLEMS = (320, 80, 20)
"""Problems of a row group on average, from half to twice as many: some 4,000 rows of what six recipes make of six
samples. Behind the last whole group of a size the smaller ones follow, since the last group is what is new when
problems are added. Small ones alone would cost more: each group takes 3 kB in footer and page index, which are
always new, and compresses on its own."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows of one problem, one behind the other."""

    problem_id: str
    table: pa.Table
    start: int
    rows: int


def row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of the tables, which have a column `problem_id`, in groups that depend on nothing but the rows."""
    # A problem whose rows are in two tables is one problem.
    by_problem = itertools.groupby(_runs(tables), key=lambda run: run.problem_id)
    problems = ((problem_id, list(runs)) for problem_id, runs in by_problem)
    for group in cut_finer(problems, lambda problem: problem[0], PROBLEMS):
        pieces = []
        runs = itertools.chain.from_iterable(runs for _, runs in group)
        for _, beside in itertools.groupby(runs, key=lambda run: id(run.table)):
            first, *others = beside
            pieces.append(first.table.slice(first.start, first.rows + sum(run.rows for run in others)))
        # Whole arrays: how the rows came must not show in the pages.
        yield pa.concat_tables(pieces).combine_chunks()


def _runs(tables: Iterable[pa.Table]) -> Iterator[_Run]:
    for table in tables:
        ends = pc.run_end_encode(table["problem_id"].combine_chunks()) if table.num_rows else None
        start = 0
        for problem_id, end in zip(ends.values, ends.run_ends, strict=True) if ends else ():
            yield _Run(problem_id.as_py(), table, start, end.as_py() - start)
            start = end.as_py()
