"""Which rows of all chunks stay: caps first, then targets. Works on columns, never on whole rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.targets import EASY, HARD, CapOptions, Cell, TargetOptions
from schemas.arrow import ROW_TABLES
from schemas.manifest import CellCount

_NEEDED = ("id", "problem_id", "recipe", "variant", "error_kind", "origin")


@dataclass(frozen=True)
class Selection:
    """Why rows go (`cap_problem`, `cap_kind`, `over_target`, `no_target`), by id; and what every cell got."""

    out: dict[str, str] = field(default_factory=dict)
    cells: tuple[CellCount, ...] = ()
    by_recipe: dict[str, int] = field(default_factory=dict)
    """How many rows of each recipe go."""

    @property
    def short(self) -> bool:
        """Whether a cell has fewer rows than asked."""
        return any(cell.got < cell.asked for cell in self.cells)


def select(folders: Sequence[Path], targets: TargetOptions, caps: CapOptions) -> Selection:
    """Choose among the rows of the chunks' folders, given in their order."""
    if not targets.cells and caps.problem is None and caps.kind is None:
        return Selection()
    rows = _rows(folders)
    out = _capped(rows, caps)
    left = rows.filter(~pl.col("id").is_in(list(out)))
    counts: list[CellCount] = []
    for cell in targets.cells:
        mine = left.filter(_fits(cell))
        left = left.filter(~_fits(cell))
        surplus = _spread(mine)[cell.rows :]
        out.update(dict.fromkeys(surplus, "over_target"))
        counts.append(CellCount(cell.label, cell.rows, min(cell.rows, mine.height)))
    if targets.cells and targets.others == "drop":
        out.update(dict.fromkeys(left["id"].to_list(), "no_target"))
    gone = rows.filter(pl.col("id").is_in(list(out))).group_by("recipe", maintain_order=True).len()
    return Selection(out, tuple(counts), dict(gone.iter_rows()))


def _rows(folders: Sequence[Path]) -> pl.DataFrame:
    """What a choice needs of every row, in dataset order, with the problem's difficulty."""
    parts, rates = [], []
    for folder in folders:
        for table in ROW_TABLES:
            for path in sorted(folder.glob(f"{table}.*.parquet")):
                parts.append(pl.read_parquet(path, columns=list(_NEEDED)))
        for path in sorted(folder.glob("attempts.*.parquet")):
            read = pl.read_parquet(path, columns=["problem_id", "pass_rate"])
            rates.append(read.filter(pl.col("pass_rate").is_not_null()))
    empty = pl.DataFrame(schema={**dict.fromkeys(_NEEDED, pl.String)})
    none = pl.DataFrame(schema={"problem_id": pl.String, "pass_rate": pl.Float32})
    rows = pl.concat([empty, *parts])
    rate = pl.concat([none, *rates]).unique("problem_id", keep="first", maintain_order=True)
    return rows.join(rate, on="problem_id", how="left", maintain_order="left")


def _capped(rows: pl.DataFrame, caps: CapOptions) -> dict[str, str]:
    out: dict[str, str] = {}
    for most, keys, reason in (
        (caps.problem, ["problem_id", "recipe"], "cap_problem"),
        (caps.kind, ["recipe", "error_kind"], "cap_kind"),
    ):
        if most is not None:
            rows = rows.filter(~pl.col("id").is_in(list(out)))
            over = rows.filter(pl.int_range(pl.len()).over(keys) >= most)
            out.update(dict.fromkeys(over["id"].to_list(), reason))
    return out


def _fits(cell: Cell) -> pl.Expr:
    named = {
        "recipe": cell.recipe,
        "variant": cell.variant,
        "error_kind": cell.error_kind,
        "origin": cell.origin,
    }
    fits = pl.lit(value=True)
    for column, value in named.items():
        if value:
            fits = fits & (pl.col(column) == value)
    rate = pl.col("pass_rate")
    bands = {"easy": rate >= EASY, "hard": rate <= HARD, "medium": (rate > HARD) & (rate < EASY)}
    return fits & bands[cell.difficulty].fill_null(value=False) if cell.difficulty else fits


def _spread(rows: pl.DataFrame) -> list[str]:
    """Ids in the order in which they are taken: every problem's first, then every problem's second, ….

    Within a turn by id, which is a hash: neither the first problems nor the first recipe come first.
    """
    turn = pl.int_range(pl.len()).over("problem_id").alias("turn")
    ids: list[str] = rows.with_columns(turn).sort("turn", "id")["id"].to_list()
    return ids
