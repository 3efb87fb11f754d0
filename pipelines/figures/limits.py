"""What a reader must know before using the rows, from the facts of this build."""

from collections.abc import Iterator, Sequence

import polars as pl

from generators.recipes.base import Recipe
from pipelines.faults import fault_lines
from pipelines.figures.columns import Columns
from pipelines.figures.grid import Share
from pipelines.figures.origins import unstated
from pipelines.figures.verification import contamination, proven
from pipelines.figures.words import LIKELY
from pipelines.targets import target_lines
from schemas.manifest import Manifest


def limits(manifest: Manifest, recipes: Sequence[Recipe], columns: Columns) -> list[str]:
    """One sentence or two for each limit; Markdown code marks around names of the data."""
    return [
        *_of_the_build(manifest),
        *_of_proof(manifest, columns),
        *_of_recipes(recipes, columns),
        *_of_origin(manifest, columns),
    ]


def _of_the_build(manifest: Manifest) -> Iterator[str]:
    if manifest.stopped:
        yield f"Not a whole build: the budget was spent ({manifest.stopped})."
    yield from fault_lines(manifest.counts, manifest.incidents)
    yield from (line for line in target_lines(manifest.targets) if line.endswith("short"))
    for gate in manifest.gates:
        if not gate.passed:
            yield f"The quality gate `{gate.gate}` did not pass: {gate.said}"


def _of_proof(manifest: Manifest, columns: Columns) -> Iterator[str]:
    yield proven(manifest)
    own = columns.attempts.filter(pl.col("recipe") == "")
    unknown = own.filter(pl.col("verdict") == "unknown").height
    if unknown:
        yield (
            f"{unknown:,} of {own.height:,} attempts at the problems ({Share(unknown / own.height)}) have no verdict; "
            "no row calls them right or wrong. What is hard to judge is therefore missing."
        )
    rows = columns.rows()
    sampled = rows.filter(pl.col("verified_by").str.contains(r"^(continued:\d|continuations)")).height
    if sampled:
        yield (
            f"{sampled:,} rows ({Share(sampled / rows.height)}) rest on sampled continuations (`continued:k/n`, "
            "`continuations`): the right answer was reached from there by so many, which proves no single step."
        )
    likely = rows.filter(pl.col("located_by").is_in(LIKELY)).height
    if likely:
        yield (
            f"In {likely:,} rows ({Share(likely / rows.height)}) the first wrong step is likely, not proven "
            "(`located_by` "
            "`reference`, `continuations` or `judged`); of an SFT row the whole stretch up to it is then the mistake."
        )
    if not rows.filter(pl.col("located_by") == "equations").is_empty():
        yield "`located_by` `equations` says that the step states a false equation, not why the model wrote it."
    kinds = rows.filter(pl.col("error_kind") == "unknown").height
    if kinds:
        yield f"In {kinds:,} rows ({Share(kinds / rows.height)}) nobody knows the kind of mistake (`unknown`)."
    if not contamination(manifest):
        yield "Nothing was checked for overlap with benchmarks."


def _of_recipes(recipes: Sequence[Recipe], columns: Columns) -> Iterator[str]:
    rows = columns.rows()
    right = rows.group_by("recipe").agg((pl.col("error_kind") == "none").any()).filter("error_kind")
    answering = set(right["recipe"].to_list())
    present = set(rows["recipe"].to_list())
    one_sided = [f"`{r.name}`" for r in recipes if r.name in present - answering and "sft" in r.makes]
    if one_sided:
        yield (
            f"Every row of {', '.join(one_sided)} has a mistake. Trained on alone they teach to find fault with right "
            "answers too; mix them with rows without a mistake (`error_kind` `none`)."
        )
    empty = [f"`{r.name}`" for r in recipes if r.name not in present]
    if empty:
        yield f"No row of {', '.join(empty)} came of this build."
    learning = _learnt_mistakes(columns)
    if learning:
        names = ", ".join(f"`{name}` ({number:,})" for name, number in learning)
        yield f"Mistakes bear loss, as the method is defined, in rows of {names}; give `mistake` weight 0 to mask them."
    injected = rows.filter(pl.col("origin") == "injected").height
    if injected:
        yield (
            f"{injected:,} rows ({Share(injected / rows.height)}) hold a mistake that was put in (`origin` "
            "`injected`); "
            "in all others a mistake is the model's own."
        )


def _learnt_mistakes(columns: Columns) -> list[tuple[str, int]]:
    """Recipes with SFT rows in which a mistake bears loss, and how many."""
    if "sft" not in columns.frames:
        return []
    found = columns.frames["sft"].filter("learns_mistake")["recipe"].value_counts()
    return sorted(found.iter_rows())


def _of_origin(manifest: Manifest, columns: Columns) -> Iterator[str]:
    named = unstated(manifest, columns)
    if named:
        yield f"Terms of use that nobody stated: {', '.join(named)}. Find them out before you publish or train."
    sft = columns.frames.get("sft")
    twice = sft.filter("twice").height if sft is not None else 0
    if twice:
        yield (
            f"In {twice:,} `sft` rows an assistant message follows another; chat templates that insist on "
            "turns refuse them."
        )
    yield (
        "Train and test are split by a hash of the problem's statement: a problem told in other words may be in both."
    )
    yield "Connecting texts (`written_by`) and instructions are in English, whatever the problems are in."
