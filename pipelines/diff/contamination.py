"""What a version lets a model learn from that was, or is, held out."""

import polars as pl

from pipelines.diff.difference import Contamination, Gate, Leak, Setting
from pipelines.diff.settings import flat
from pipelines.diff.side import Side
from schemas.manifest import GateResult

_SHOWN = 10
_EXCERPT = 160  # characters of a statement
_TRAIN = "train"
"""The split that is learnt from; every other one is held out."""


def contamination(a: Side, b: Side) -> Contamination:
    """Compare the splits of both by problem id and statement."""
    learnt, held_now = _problems(b, learnt=True), _problems(b, learnt=False)
    held_before = _problems(a, learnt=False)
    moved = _same(learnt, held_before)
    within = _same(learnt, held_now)
    found = pl.concat([moved, within]).sort(
        "rows", "problem_id", "held_out_id", descending=[True, False, False]
    )
    found = found.unique(["problem_id", "held_out_id"], keep="first", maintain_order=True)
    once = moved.unique("problem_id", keep="first")
    return Contamination(
        from_test=once.height,
        from_test_rows=int(once["rows"].sum()),
        within=within["problem_id"].n_unique(),
        within_before=_same(_problems(a, learnt=True), held_before)["problem_id"].n_unique(),
        to_test=_same(held_now, _problems(a, learnt=True))["problem_id"].n_unique(),
        leaks=tuple(Leak(**row) for row in found.head(_SHOWN).iter_rows(named=True)),
    )


def gates(a: Side, b: Side) -> tuple[Gate, ...]:
    """The results of all gates that either manifest has, by name."""
    was = {gate.gate: gate for gate in a.manifest.gates}
    now = {gate.gate: gate for gate in b.manifest.gates}
    return tuple(_gate(name, was.get(name), now.get(name)) for name in sorted({*was, *now}))


def _gate(name: str, was: GateResult | None, now: GateResult | None) -> Gate:
    before, after = flat(was.numbers if was else {}), flat(now.numbers if now else {})
    differ = sorted(n for n in {*before, *after} if n and before.get(n) != after.get(n))
    return Gate(
        gate=name,
        passed_a=was.passed if was else None,
        passed_b=now.passed if now else None,
        said_a=was.said if was else "",
        said_b=now.said if now else "",
        numbers=tuple(Setting(n, before.get(n, ""), after.get(n, "")) for n in differ),
    )


def _problems(side: Side, *, learnt: bool) -> pl.DataFrame:
    """Problems of the train split or of the others: `problem_id`, `split`, `rows`, `statement`, and its `key`."""
    inside = (pl.col("split") == _TRAIN) if learnt else (pl.col("split") != _TRAIN)
    found = side.problems.filter(inside).join(
        side.statements, on="problem_id", how="left", maintain_order="left"
    )
    # Signs stay: "3 - 22" and "3 + 22" are two problems.
    key = (
        pl.col("statement")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    return found.select("problem_id", "split", "rows", "statement", key.alias("key"))


def _same(learnt: pl.DataFrame, held_out: pl.DataFrame) -> pl.DataFrame:
    """Learnt problems that are held out by id, or else by statement: the fields of `Leak`."""
    held = held_out.select(pl.col("problem_id").alias("held_out_id"), pl.col("split").alias("split"), "key")
    mine = learnt.select("problem_id", "rows", "statement", "key")
    by_id = mine.join(held.drop("key"), left_on="problem_id", right_on="held_out_id", maintain_order="left")
    by_id = by_id.with_columns(pl.col("problem_id").alias("held_out_id"))
    rest = mine.join(by_id, on="problem_id", how="anti", maintain_order="left")
    by_text = rest.join(
        held.unique("key", keep="first", maintain_order=True), on="key", maintain_order="left"
    )
    fields = [
        "problem_id", "held_out_id", "split", "rows",
        pl.col("statement").fill_null("").str.slice(0, _EXCERPT),
    ]  # fmt: skip
    return pl.concat([by_id.select(fields), by_text.select(fields)])
