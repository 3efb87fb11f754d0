"""How the policy changed, on the problems that both versions know."""

import polars as pl

from pipelines.diff.chance import LEVEL, p_value
from pipelines.diff.difference import KindShare, PolicyChange
from pipelines.diff.distributions import pass_rates
from pipelines.diff.side import Side

_ERRORS = 2.576
"""Standard errors that a mean is beyond 1 time in 100 by chance."""


def policy_change(a: Side, b: Side) -> PolicyChange | None:
    """Pass rates and kinds of mistakes before and after; None where no problem has decided attempts in both."""
    both = pass_rates(a).join(pass_rates(b), on="problem_id", suffix=":b").sort("problem_id")
    if both.is_empty():
        return None
    was, now = both["pass_rate"].cast(pl.Float64), both["pass_rate:b"].cast(pl.Float64)
    gain = now - was
    spread = gain.std()
    error = float(spread) / both.height**0.5 if isinstance(spread, float) else 0.0
    mean = float(gain.sum()) / both.height
    wrong = [_wrong(side, both["problem_id"]) for side in (a, b)]
    p = p_value(*wrong)
    return PolicyChange(
        problems=both.height,
        same=a.policies == b.policies,
        rate_a=round(float(was.sum()) / both.height, 6),
        rate_b=round(float(now.sum()) / both.height, 6),
        error=round(error, 6),
        better=int((gain > 0).sum()),
        worse=int((gain < 0).sum()),
        moved=both.height > 1 and abs(mean) > max(_ERRORS * error, 1e-9),
        kinds=_kinds(*wrong),
        kinds_moved=p is not None and p < LEVEL,
    )


def _wrong(side: Side, problems: pl.Series) -> pl.DataFrame:
    """`problem_id` and kind (`value`) of the wrong attempts of these problems."""
    own = side.own_attempts.filter(
        pl.col("problem_id").is_in(problems.implode()) & (pl.col("verdict") == "wrong")
    )
    return own.select("problem_id", pl.col("error_kind").alias("value"))


def _kinds(a: pl.DataFrame, b: pl.DataFrame) -> tuple[KindShare, ...]:
    was, now = (dict(rows.group_by("value").len().iter_rows()) for rows in (a, b))
    kinds = [
        KindShare(
            kind,
            was.get(kind, 0),
            now.get(kind, 0),
            round(was.get(kind, 0) / max(1, a.height), 6),
            round(now.get(kind, 0) / max(1, b.height), 6),
        )
        for kind in {*was, *now}
    ]
    return tuple(sorted(kinds, key=lambda k: (k.share_a - k.share_b, k.kind)))
