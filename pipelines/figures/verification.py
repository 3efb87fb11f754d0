"""What is known to be right and wrong in the rows, and how; what the quality gates found."""

import polars as pl

from pipelines.figures.columns import Columns
from pipelines.figures.grid import Cell, Code, Grid, Share, grid
from pipelines.figures.words import LOCATED, VERIFIED, words
from schemas.arrow import ROW_TABLES
from schemas.manifest import GateResult, Manifest


def proofs(columns: Columns) -> Grid:
    """Rows by `verified_by`; sampled proofs are put together by how many samples bear them out."""
    rows = columns.rows().with_columns(claim=_claim())
    tables = [t for t in ROW_TABLES if t in columns.frames]
    counts = {(c, t): n for c, t, n in rows.group_by("claim", "table").len().iter_rows()}
    claims = sorted({c for c, _ in counts}, key=lambda c: (-sum(counts.get((c, t), 0) for t in tables), c))
    return grid(
        ("verified_by", *tables, "what is known"),
        (
            (Code(claim), *(counts.get((claim, table)) for table in tables), _meaning(claim))
            for claim in claims
        ),
        "How the rows are verified",
    )


def _claim() -> pl.Expr:
    sampled = pl.col("verified_by").str.extract_groups(r"^continued:(?<k>\d+)/(?<n>\d+)$")
    rate = sampled.struct.field("k").cast(pl.Float64) / sampled.struct.field("n").cast(pl.Float64)
    return (
        pl.when(rate.is_null()).then(pl.col("verified_by"))
        .when(rate >= 0.5).then(pl.lit("continued:k/n, half and more"))
        .otherwise(pl.lit("continued:k/n, less than half"))
    )  # fmt: skip


def _meaning(claim: str) -> str:
    kind, _, method = claim.partition(":")
    if method.startswith("k/n"):
        return "from where it ends k of n sampled continuations reached the right answer"
    if not method and kind == "answer":
        return "step labels: all steps are right, the final answer is not"
    return VERIFIED.get(kind, "")


def verdicts(columns: Columns) -> Grid:
    """Attempts by verdict and reason, the problems' own apart from those that recipes asked for."""
    attempts = columns.attempts.with_columns(own=pl.col("recipe") == "")
    counts = {
        (v, r, own): n for v, r, own, n in attempts.group_by("verdict", "reason", "own").len().iter_rows()
    }
    order = ("right", "wrong", "unknown")
    keys = sorted(
        {(v, r) for v, r, _ in counts},
        key=lambda k: (
            order.index(k[0]) if k[0] in order else 3,
            -counts.get((*k, True), 0) - counts.get((*k, False), 0),
            k[1],
        ),
    )
    return grid(
        ("verdict", "reason", "problems' own attempts", "attempts of recipes", "what it means"),
        ((Code(v), Code(r), counts.get((v, r, True)), counts.get((v, r, False)), words(r)) for v, r in keys),
        "Verdicts on attempts",
        "An attempt whose verdict is `unknown` is used neither as right nor as wrong.",
    )


def locations(columns: Columns) -> Grid:
    """How first wrong steps were found: of wrong attempts, and of the rows made of them."""
    attempts, rows = columns.attempts, columns.rows()
    of_attempts = dict(attempts["located_by"].value_counts().iter_rows())
    of_rows = dict(rows["located_by"].value_counts().iter_rows())
    known = [m for m in LOCATED if m in of_attempts or m in of_rows]
    others = sorted((set(of_attempts) | set(of_rows)) - set(LOCATED) - {""})
    return grid(
        ("located_by", "attempts", "rows", "what it means"),
        ((Code(m), of_attempts.get(m), of_rows.get(m), LOCATED.get(m, "")) for m in (*known, *others)),
        "How first wrong steps were found",
    )


def filters(manifest: Manifest) -> Grid:
    """The row filters of the config and their options."""

    def options(written: dict[str, object]) -> str:
        return ", ".join(f"{name}: {value}" for name, value in sorted(written.items()) if name != "type")

    lines: list[tuple[Cell, ...]] = [(Code(f["type"]), options(f)) for f in manifest.config["filters"]]
    return grid(("filter", "options"), lines, "Row filters")


def gates(manifest: Manifest) -> Grid:
    """Quality gates, contamination apart."""
    return _gates([g for g in manifest.gates if not _contamination(g)], "Quality gates")


def contamination(manifest: Manifest) -> Grid:
    """What was found of benchmarks in the data; empty where no gate looked."""
    return _gates([g for g in manifest.gates if _contamination(g)], "Contamination")


def _contamination(gate: GateResult) -> bool:
    return "contamination" in gate.gate


def _gates(found: list[GateResult], title: str) -> Grid:
    def numbers(gate: GateResult) -> str:
        return "; ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in gate.numbers.items())

    return grid(
        ("gate", "passed", "found", "numbers"),
        ((Code(g.gate), "yes" if g.passed else "NO", g.said, numbers(g)) for g in found),
        title,
    )


def proven(manifest: Manifest) -> str:
    """What may be claimed of every row: only what the filters of this build have proven."""
    truth = next((f for f in manifest.config["filters"] if f["type"] == "truth"), None)
    if truth is None:
        return "Built without the truth filter: nothing is proven beyond what the recipes checked themselves."
    equations = (
        "" if truth.get("check_equations", True)
        else " Learnt equations were not checked (`check_equations: false`)."
    )  # fmt: skip
    return (
        "Every right side was proven right and every wrong side wrong from the row's own text, as far as its "
        f"`verified_by` claims.{equations}"
    )


def right_share(columns: Columns) -> Share:
    """Share of all rows in which nothing is wrong."""
    rows = columns.rows()
    return Share((rows["error_kind"] == "none").mean() or 0.0)  # type: ignore[arg-type]
