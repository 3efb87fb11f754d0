"""How the rows are spread: by recipe and variant, kind of mistake, source, split, length, place of the mistake."""

from collections.abc import Iterable, Mapping

import polars as pl

from pipelines.figures.columns import Columns
from pipelines.figures.grid import Cell, Code, Grid, Share, grid, share
from pipelines.targets import EASY, HARD
from schemas.manifest import Manifest


def by_variant(columns: Columns) -> Grid:
    """Rows of every form of every recipe."""
    rows = columns.rows()
    groups = rows.group_by("recipe", "variant", "table").agg(
        pl.len().alias("rows"),
        (pl.col("error_kind") == "none").mean().alias("right"),
        (pl.col("origin") == "injected").mean().alias("injected"),
        pl.col("chars").median().cast(pl.Int64).alias("chars"),
    )
    return grid(
        (
            "recipe",
            "variant",
            "config",
            "rows",
            "without any mistake",
            "mistake injected",
            "median characters",
        ),
        (
            (Code(recipe), Code(variant), Code(table), number, Share(right), Share(injected), chars)
            for recipe, variant, table, number, right, injected, chars in groups.sort(
                "recipe", "table", "variant"
            ).iter_rows()
        ),
        "By recipe and variant",
    )


def by_kind(columns: Columns) -> Grid:
    """Rows by kind of mistake and config."""
    header, lines = _crossed(columns.rows(), ["error_kind"], "table")
    return grid(
        ("kind of mistake", *header),
        ((Code(kind), *numbers) for (kind,), numbers in lines),
        "By kind of mistake",
        "`none`: nothing is wrong in the row. `unknown`: there is a mistake, and nothing symbolic tells its kind.",
    )


def policy_kinds(manifest: Manifest) -> Grid:
    """The wrong attempts by source, the source's own difficulty and kind."""
    found = [
        (source, difficulty, kind, number)
        for source, difficulties in manifest.error_kinds.items()
        for difficulty, kinds in difficulties.items()
        for kind, number in kinds.items()
    ]
    return grid(
        ("source", "difficulty as the source states it", "kind", "wrong attempts"),
        (
            (s or "-", d or "-", Code(k), n)
            for s, d, k, n in sorted(found, key=lambda r: (r[0], r[1], -r[3], r[2]))
        ),
        "Mistakes of the policy by kind",
        "Of its own wrong attempts, whether they became rows or not.",
    )


def by_source(columns: Columns) -> Grid:
    """Rows by source and by how often the problem was solved."""
    header, lines = _crossed(_with_difficulty(columns), ["source", "difficulty"], "table")
    return grid(
        ("source", "difficulty", *header),
        ((source or "-", difficulty, *numbers) for (source, difficulty), numbers in lines),
        "By source and difficulty",
        f"By the share of a problem's decided attempts that are right: easy from {EASY:.0%}, hard up to {HARD:.0%}.",
    )


def _with_difficulty(columns: Columns) -> pl.DataFrame:
    attempts = columns.attempts.filter(pl.col("pass_rate").is_not_null())
    rates = attempts.group_by("problem_id").agg(pl.col("pass_rate").max())
    named = (
        pl.when(pl.col("pass_rate") >= EASY).then(pl.lit("easy"))
        .when(pl.col("pass_rate") <= HARD).then(pl.lit("hard"))
        .when(pl.col("pass_rate").is_not_null()).then(pl.lit("medium"))
        .otherwise(pl.lit("unknown"))
    )  # fmt: skip
    return columns.rows().join(rates, on="problem_id", how="left").with_columns(difficulty=named)


def by_split(columns: Columns) -> Grid:
    """Rows and problems of every config's splits."""
    lines: list[tuple[Cell, ...]] = []
    for table, frame in columns.frames.items():
        sizes = frame.group_by("split").agg(pl.len(), pl.col("problem_id").n_unique())
        for split, rows, problems in sorted(sizes.iter_rows(), key=lambda s: (s[0] != "train", s[0])):
            lines.append((Code(table), split, rows, problems))
    note = "All rows of a problem are in one split, which a hash of its statement chooses."
    return grid(("config", "split", "rows", "problems"), lines, "By split", note)


def lengths(columns: Columns) -> Grid:
    """Characters of the assistant's texts, and how much of them is learnt."""
    lines: list[tuple[Cell, ...]] = []
    for table, frame in columns.frames.items():
        if frame.is_empty():
            continue
        low, middle, high = (int(frame["chars"].quantile(q, "nearest") or 0) for q in (0.1, 0.5, 0.9))
        learnt = None
        if "learnt" in frame.columns:
            learnt = share(int(frame["learnt"].sum()), int(frame["chars"].sum()))
        lines.append((Code(table), low, middle, high, int(frame["chars"].max() or 0), learnt))  # type: ignore[arg-type]
    return grid(
        ("config", "10 % up to", "half up to", "90 % up to", "longest", "of it learnt"),
        lines,
        "Lengths in characters",
        "Of the assistant's texts; of pairs both sides together.",
    )


def error_places(columns: Columns) -> Grid:
    """Where wrong attempts first go wrong, by step and by how far into the attempt."""
    lines: list[tuple[Cell, ...]] = []
    for table, title in (("attempts", "wrong attempts"), ("stepwise", "step labels")):
        frame = columns.frames.get(table)
        if frame is None:
            continue
        found = frame.filter(pl.col("first_error").is_not_null())
        if found.is_empty():
            continue
        steps = found.select(pl.min_horizontal(pl.col("first_error") + 1, 5)).to_series().value_counts()
        by_step = dict(steps.iter_rows())
        whole = found.height
        lines.append((title, whole, *(share(by_step.get(step, 0), whole) for step in range(1, 6))))
    return grid(
        ("first wrong step", "located", "1st", "2nd", "3rd", "4th", "5th and later"),
        lines,
        "Where it first goes wrong",
    )


def _crossed(
    frame: pl.DataFrame, names: list[str], across: str
) -> tuple[list[str], Iterable[tuple[tuple[str, ...], tuple[Cell, ...]]]]:
    """Counts by `names`, one column for each value of `across` and their sum, most first."""
    heads = list(dict.fromkeys(frame[across].to_list()))
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for *key, head, number in frame.group_by(*names, across).len().iter_rows():
        found.setdefault(tuple(key), {})[head] = number
    ordered = sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    lines = [(key, (*_row(heads, numbers), sum(numbers.values()))) for key, numbers in ordered]
    return [*heads, "all"], lines


def _row(heads: list[str], numbers: Mapping[str, int]) -> tuple[int | None, ...]:
    return tuple(numbers.get(head) for head in heads)
