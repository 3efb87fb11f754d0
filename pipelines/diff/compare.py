"""Compare two versions of a dataset."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.diff.contamination import contamination, gates
from pipelines.diff.difference import CHANGES, Change, Difference, Group, TableCount
from pipelines.diff.distributions import distributions
from pipelines.diff.examples import Picked, examples, limited, pick
from pipelines.diff.explained import alone, changed
from pipelines.diff.facts import Facts
from pipelines.diff.pairs import paired
from pipelines.diff.policy import policy_change
from pipelines.diff.settings import settings
from pipelines.diff.side import Side, read_side
from schemas.arrow import TABLES


def difference(a: Path, b: Path, *, rows: int = 0, labels: tuple[str, str] = ("", "")) -> Difference:
    """What the dataset in folder `b` has that the one in `a` has not, and the other way round, with reasons.

    `rows` examples of every change and reason are read whole. `labels` name the two to people; without them their
    manifests do. InputError where a folder holds no finished dataset, or one that cannot be read.
    """
    was, now = read_side(a, labels[0]), read_side(b, labels[1])
    facts = Facts(was, now, paired(was, now))
    tables: list[TableCount] = []
    groups: list[Group] = []
    picked: Picked = []
    for table in TABLES:
        found: dict[Change, pl.DataFrame] = {
            "added": alone(facts, table, "b"),
            "removed": alone(facts, table, "a"),
            "changed": changed(facts, table),
        }
        for change in CHANGES:
            groups += _groups(change, table, found[change])
            picked += pick(change, table, found[change], rows)
        pairs = facts.pairs.places[table].height
        tables.append(
            TableCount(
                table=table, a=was.tables[table].height, b=now.tables[table].height,
                same=pairs - found["changed"].height,
                **{change: frame.height for change, frame in found.items()},
            )
        )  # fmt: skip
    picked.sort(key=lambda one: (CHANGES.index(one[0]), one[2]))
    return Difference(
        a=was.version(),
        b=now.version(),
        notes=tuple(_notes(was, now)),
        settings=settings(was.manifest, now.manifest),
        tables=tuple(tables),
        groups=tuple(sorted(groups, key=_order)),
        distributions=distributions(was, now),
        policy=policy_change(was, now),
        contamination=contamination(was, now),
        gates=gates(was, now),
        examples=examples(limited(picked, rows), was, now),
    )


def _groups(change: Change, table: str, rows: pl.DataFrame) -> Iterator[Group]:
    keys = ["recipe", "reason", *(["columns"] if change == "changed" else [])]
    counts = rows.group_by(keys).agg(
        pl.len().alias("rows"), pl.col("problem_id").n_unique().alias("problems")
    )
    for count in counts.iter_rows(named=True):
        columns = tuple(count.pop("columns", "").split())
        yield Group(change=change, table=table, columns=columns, **count)


def _order(group: Group) -> tuple[object, ...]:
    """Tables in the card's order, then the largest group first."""
    place = CHANGES.index(group.change), TABLES.index(group.table)
    return *place, -group.rows, group.recipe, group.reason, group.columns


def _notes(a: Side, b: Side) -> Iterator[str]:
    """What could not be compared."""
    if a.manifest.format_version != b.manifest.format_version:
        yield (
            f"the formats differ ({a.manifest.format_version} and {b.manifest.format_version}): only columns that both "
            "have are compared"
        )
    for table in TABLES:
        was, now = (set(side.tables[table].columns) for side in (a, b))
        if was != now and a.tables[table].height and b.tables[table].height:
            missing = ", ".join(sorted(name.removeprefix("#") for name in was ^ now))
            yield f"{table}: not compared, as one version alone has the column: {missing}"
    for side, which in ((a, "older"), (b, "newer")):
        if side.unknown_tables:
            yield (
                f"not compared: tables of the {which} version that this Corrigenda does not know: "
                + ", ".join(side.unknown_tables)
            )
        if not side.dropped_files:
            yield f"the {which} version has no dropped/: rows that filters, caps and targets took cannot be told"
        if side.manifest.stopped:
            yield f"the {which} version is not a whole build: its budget was spent ({side.manifest.stopped})"
