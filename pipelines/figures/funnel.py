"""From problems to rows: how many there were at each stage, and why the others went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generators.recipes.base import Recipe
from pipelines.figures.columns import Columns
from pipelines.figures.grid import Cell, Code, Grid, grid, share
from pipelines.figures.words import words
from schemas.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the funnel; `depth` 1 is a part of the line of depth 0 above it."""

    name: str
    number: int
    depth: int = 0


def stages(counts: Mapping[str, int]) -> list[Stage]:
    """The funnel of a build's counts in the order things happen; what did not happen is left out."""
    lines = [
        *_reasons(counts, "dropped.source.", "not usable: "),
        Stage("problems", counts.get("problems", 0)),
        Stage("failed; another run tries them again", counts.get("failed", 0), 1),
        Stage("left out because the budget was spent", counts.get("unpaid", 0), 1),
        Stage("without any attempt", counts.get("no_attempts", 0), 1),
        *_reasons(counts, "dropped.attempts.", "brought attempt not usable: "),
        Stage("attempts judged", counts.get("attempts", 0)),
        Stage("right", counts.get("attempts.right", 0), 1),
        Stage("wrong", counts.get("attempts.wrong", 0), 1),
        *_reasons(counts, "unknown.", "neither, never used: "),
        Stage("first wrong steps looked for and found", _total(counts, "located.")),
        Stage("rows made by the recipes", _total(counts, "made.")),
        *_reasons(counts, "dropped.filter.", "dropped: "),
        *_reasons(counts, "dropped.selection.", "left out: "),
        Stage("rows in this dataset", _total(counts, "kept.")),
    ]
    return [line for line in lines if line.number or line.name == "problems"]


def _total(counts: Mapping[str, int], prefix: str) -> int:
    return sum(number for name, number in counts.items() if name.startswith(prefix))


def _reasons(counts: Mapping[str, int], prefix: str, before: str) -> Iterator[Stage]:
    """The counts under a prefix, most first."""
    found = [(n, name.removeprefix(prefix)) for name, n in counts.items() if name.startswith(prefix)]
    for number, reason in sorted(found, key=lambda one: (-one[0], one[1])):
        yield Stage(f"{before}{words(reason)}", number, 1)


def funnel(manifest: Manifest) -> Grid:
    """The funnel as a table."""
    return grid(
        ("stage", "number"),
        [("↳ " * line.depth + line.name, line.number) for line in stages(manifest.counts)],
        "From problems to rows",
    )


def by_recipe(manifest: Manifest, recipes: Sequence[Recipe], columns: Columns) -> Grid:
    """What each recipe made, how much of it stayed, and where it made nothing."""
    counts, rows = manifest.counts, columns.rows()
    kept = dict(rows["recipe"].value_counts().iter_rows())
    right = dict(rows.filter(rows["error_kind"] == "none")["recipe"].value_counts().iter_rows())

    def line(recipe: Recipe) -> tuple[Cell, ...]:
        name = recipe.name
        number = kept.get(name, 0)
        return (
            Code(name),
            counts.get(f"made.{name}", 0),
            number,
            share(right.get(name, 0), number),
            _list(counts, f"skipped.{name}."),
            _list(counts, f"measured.{name}."),
        )

    return grid(
        (
            "recipe",
            "made",
            "kept",
            "without any mistake",
            "problems or attempts it made nothing of",
            "measured",
        ),
        map(line, recipes),
        "Rows by recipe",
        "The share without any mistake matters: where nothing is ever right at first, a model learns to doubt "
        "everything.",
    )


def _list(counts: Mapping[str, int], prefix: str) -> str:
    found = {name.removeprefix(prefix): n for name, n in counts.items() if name.startswith(prefix) and n}
    return "; ".join(
        f"{words(reason)} {n:,}" for reason, n in sorted(found.items(), key=lambda i: (-i[1], i[0]))
    )
