"""Rows: every sort of row is there often enough, and what the targets asked for was reached.

A sort is what `by` names: with `[recipe]` every recipe of the config, also one without any row; with more columns every
combination that occurs.
"""

from typing import Literal

from pydantic import Field

from pipelines.gates.base import Examined, Gate, named
from pipelines.gates.columns import columns
from schemas.arrow import ROW_TABLES
from schemas.manifest import GateResult


class Rows(Gate):
    """Refuses a dataset with too few rows of a sort."""

    least: int = Field(default=1, ge=0)
    """Least rows of every sort."""
    by: list[Literal["table", "recipe", "variant", "error_kind", "origin", "source"]] = ["recipe"]
    """Columns that make a sort; empty: all rows are one."""
    targets: bool = True
    """Also refuse where a cell of the config's `targets` has fewer rows than asked."""

    def examine(self, dataset: Examined) -> GateResult:
        counts = self._counts(dataset)
        few = {sort: rows for sort, rows in counts.items() if rows < self.least}
        cells = dataset.manifest.targets if self.targets else ()
        short = {cell.cell: cell for cell in cells if cell.got < cell.asked}
        findings = [f"{sort or 'the dataset'}: {rows:,} rows" for sort, rows in few.items()]
        findings += [f"target {name}: {cell.got:,} of {cell.asked:,} rows" for name, cell in short.items()]
        said = (
            f"{len(few):,} of {len(counts):,} sorts have fewer than {self.least:,} rows, {len(short):,} targets are "
            f"short: {named(findings)}"
            if findings
            else f"all {len(counts):,} sorts have {self.least:,} rows or more, the fewest {min(counts.values()):,}"
        )
        return self.result(
            not findings,
            said,
            findings,
            cells=len(counts),
            least=min(counts.values()),
            short=len(few),
            targets_short=len(short),
        )

    def _counts(self, dataset: Examined) -> dict[str, int]:
        """Rows by sort; at least one sort."""
        named_columns = [name for name in self.by if name != "table"]
        read = columns(dataset, ROW_TABLES, named_columns or ["id"])
        if not self.by:
            return {"": read.height}
        sorts = read.group_by(self.by).len().sort(self.by)
        counts = {" · ".join(map(str, row[:-1])): int(row[-1]) for row in sorts.iter_rows()}
        if self.by == ["recipe"]:
            asked = sorted(recipe["type"] for recipe in dataset.manifest.config.get("recipes", ()))
            counts = dict.fromkeys(asked, 0) | counts
        return counts or {"": 0}
