"""Every row that came, went or changed, with its reason: the chains of `pipelines.diff.reasons` on columns."""

import polars as pl

from pipelines.diff.facts import Facts
from pipelines.diff.frames import HASHED
from pipelines.diff.pairs import with_kin
from pipelines.diff.reasons import said_of_removed
from pipelines.diff.settings import code_differs, config_parts
from schemas.arrow import ROW_TABLES

_GROUP_ONLY = ["pass_rate", "decided", "split"]
"""Columns of an attempt that its problem's other attempts change."""

_UNCOMPARED = ("place", "id", "length")


def alone(facts: Facts, table: str, name: str) -> pl.DataFrame:
    """Rows of a table that are on side `name` alone: `place`, `id`, `problem_id`, `recipe`, `variant`, `reason`."""
    other = "b" if name == "a" else "a"
    theirs = facts.side(other)
    rows = with_kin(facts.unpaired(table, name), facts.pairs.renamed, name)
    rows = _with_drops(facts, table, other, rows)
    unknown = ~pl.col("problem_id").is_in(theirs.problems["problem_id"].unique().implode())
    of_recipe = pl.col("recipe") != ""
    chain = [
        (unknown & pl.col("failed").is_not_null(), pl.concat_str(pl.lit("was_dropped."), "failed")),
        (unknown & _in("problem_id", facts.renamed_problems(name)), pl.lit("problem_renamed")),
        (unknown, pl.lit("new_problem")),
        (of_recipe & ~pl.col("recipe").is_in([*theirs.recipes]), pl.lit("new_recipe")),
        (_named("policy") & ~pl.col("policy").is_in([*theirs.policies]), pl.lit("new_policy")),
        (_named("teacher") & ~pl.col("teacher").is_in([*theirs.teachers]), pl.lit("new_teacher")),
        (pl.col("dropped").is_not_null(), pl.concat_str(pl.lit("was_dropped."), "dropped")),
        (pl.col("failed").is_not_null(), pl.concat_str(pl.lit("was_dropped."), "failed")),
        (_in("problem_id", facts.changed_problems), pl.lit("problem_changed")),
        (_touched(facts, name, "new") | _in("id", facts.touched[name, "new"]), pl.lit("new_samples")),
        *_by_parents(facts, name),
        (of_recipe & ~pl.col("recipe").is_in(facts.same_options), pl.lit("recipe_options")),
        *_by_problem(facts),
    ]
    reason = _chosen(chain, _general(facts, bool(theirs.dropped_files)))
    found = rows.select("place", "id", "problem_id", "recipe", "variant", reason.alias("reason"))
    if name == "a":
        said = {r: said_of_removed(r) for r in found["reason"].unique()}
        found = found.with_columns(pl.col("reason").replace(said))
    return found


def changed(facts: Facts, table: str) -> pl.DataFrame:
    """Paired rows that differ: `place_a`, `place_b`, `id_a`, `id_b`, `problem_id`, `recipe`, `variant`, `columns`
    (names joined by a space) and `reason`."""
    pairs, a, b = facts.pairs.places[table], facts.a.tables[table], facts.b.tables[table]
    compared = [name for name in b.columns if name in a.columns and name not in _UNCOMPARED]
    both = pairs.join(
        a.rename({n: f"{n}:a" for n in a.columns}), left_on="a", right_on="place:a", maintain_order="left"
    )
    both = both.join(b, left_on="b", right_on="place", maintain_order="left")
    differ = [
        pl.when(pl.col(n).ne_missing(pl.col(f"{n}:a"))).then(pl.lit(n.removeprefix(HASHED))) for n in compared
    ]
    both = both.with_columns(pl.concat_list(differ).list.drop_nulls().alias("columns"))
    both = both.filter(pl.col("columns").list.len() > 0)
    differs = pl.col("columns").list.contains
    is_attempt = pl.lit(table == "attempts")
    group_only = is_attempt & (pl.col("columns").list.set_difference(pl.lit(_GROUP_ONLY)).list.len() == 0)
    share = facts.a.manifest.config.get("test_share") != facts.b.manifest.config.get("test_share")
    chain = [
        (pl.col("columns") == pl.lit(["split"]), pl.lit("test_share" if share else "other_split")),
        (differs("policy"), pl.lit("policy_changed")),
        (differs("teacher"), pl.lit("teacher_changed")),
        (_in("problem_id", facts.changed_problems), pl.lit("problem_changed")),
        (is_attempt & (pl.col("recipe") == "") & differs("text"), pl.lit("resampled")),
        *[(group_only & holds, reason) for holds, reason in _by_problem(facts)],
        (_touched(facts, "b", "new") | _touched(facts, "a", "new", "parents:a"), pl.lit("other_samples")),
        *[(~(is_attempt & differs("verdict")) & holds, reason) for holds, reason in _by_parents(facts, "b")],
        ((pl.col("recipe") != "") & ~pl.col("recipe").is_in(facts.same_options), pl.lit("recipe_options")),
        *[(~(is_attempt & differs("verdict")) & holds, reason) for holds, reason in _by_problem(facts)],
    ]
    known = bool(facts.a.dropped_files) and bool(facts.b.dropped_files)
    reason = _chosen(chain, _general(facts, known))
    return both.select(
        pl.col("a").alias("place_a"), pl.col("b").alias("place_b"), pl.col("id:a").alias("id_a"),
        pl.col("id").alias("id_b"), "problem_id", "recipe", "variant",
        pl.col("columns").list.join(" "), reason.alias("reason"),
    )  # fmt: skip


Chain = list[tuple[pl.Expr, pl.Expr]]
"""Conditions and the reason that each gives; the first that holds counts."""


def _chosen(chain: Chain, otherwise: str) -> pl.Expr:
    reason = pl.lit(otherwise)
    for holds, said in reversed(chain):
        reason = pl.when(holds).then(said).otherwise(reason)
    return reason


def _by_parents(facts: Facts, name: str) -> Chain:
    """What befell an attempt that the row is made of."""
    slugs = {"text": "resampled", "verdict": "verdict_changed", "location": "location_changed"}
    return [(_touched(facts, name, what), pl.lit(slug)) for what, slug in slugs.items()]


def _by_problem(facts: Facts) -> Chain:
    """What befell other attempts of the row's problem."""
    return [
        (_in("problem_id", facts.resampled_problems), pl.lit("other_samples")),
        (_in("problem_id", facts.rejudged_problems), pl.lit("other_verdicts")),
    ]


def _general(facts: Facts, dropped_known: bool) -> str:
    """What is said of a row that nothing of its own explains."""
    if parts := config_parts(facts.a, facts.b, dropped_known):
        return f"config.{parts}"
    return "code_or_packages" if code_differs(facts.a.manifest, facts.b.manifest) else "unexplained"


def _touched(facts: Facts, name: str, what: str, parents: str = "parents") -> pl.Expr:
    """Whether `what` befell an attempt that the row is made of."""
    ids = facts.touched[name, what].implode()
    return pl.col(parents).list.eval(pl.element().is_in(ids)).list.any()


def _named(column: str) -> pl.Expr:
    return pl.col(column) != ""


def _in(column: str, values: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(values.implode())


def _with_drops(facts: Facts, table: str, other: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `dropped` and `failed`: stage and reason by which side `other` lost them, null where it did not."""
    lost = facts.dropped[other]
    slug = pl.concat_str("stage", pl.lit("."), "reason")
    cases = lost.cases.filter(pl.col("stage") == "case").select("problem_id", slug.alias("failed"))
    recipes = lost.cases.filter(pl.col("stage") == "recipe").select(
        "problem_id", "recipe", slug.alias("broke")
    )
    rows = rows.join(
        cases.unique("problem_id", keep="first", maintain_order=True), on="problem_id", how="left"
    )
    rows = rows.join(recipes.unique(["problem_id", "recipe"], keep="first", maintain_order=True),
                     on=["problem_id", "recipe"], how="left")  # fmt: skip
    rows = rows.with_columns(pl.coalesce("failed", "broke").alias("failed"))
    keys = ["problem_id", "recipe", "variant", "kin"]
    found = lost.rows.join(
        rows.select("problem_id", "recipe").unique(), on=["problem_id", "recipe"], how="semi"
    )
    if table not in ROW_TABLES or found.is_empty():
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias("dropped")).sort("place")
    found = with_kin(found.with_row_index("place"), facts.pairs.renamed, other)
    found = found.select(*keys, slug.alias("dropped")).unique(keys, keep="first", maintain_order=True)
    return rows.join(found, on=keys, how="left").sort("place")
