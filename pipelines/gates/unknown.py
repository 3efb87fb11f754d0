"""Unknown: few enough of the policy's attempts are neither right nor wrong.

An unknown verdict is never used as right or as wrong, so nothing false comes of one; but what the judge cannot read it
leaves out, and a dataset of only what is easy to read is another one than was asked for. Counted are the problems' own
attempts; those cut off by the token limit among them.
"""

from pydantic import Field

from pipelines.gates.base import Examined, Gate, named
from pipelines.gates.columns import columns
from schemas.manifest import GateResult


class Unknown(Gate):
    """Refuses a dataset with too many unknown verdicts."""

    most: float = Field(default=0.05, ge=0, le=1)
    """Largest share of attempts whose verdict is unknown."""
    by_source: bool = False
    """Hold every source to it, not all together: a source whose answers nobody can read hides among others."""

    def examine(self, dataset: Examined) -> GateResult:
        import polars as pl

        read = columns(dataset, ("attempts",), ("recipe", "source", "verdict", "reason"))
        own = read.filter(pl.col("recipe") == "")
        unknown = own.filter(pl.col("verdict") == "unknown")
        share = unknown.height / own.height if own.height else 0.0
        groups = (
            own.group_by("source").agg((pl.col("verdict") == "unknown").mean().alias("share")).sort("source")
        )
        shares = dict(groups.iter_rows()) if self.by_source else {"all sources": share}
        over = {name: part for name, part in shares.items() if part > self.most}
        reasons = unknown.group_by("reason").len().sort("len", "reason", descending=[True, False])
        why = ", ".join(f"{reason}: {count:,}" for reason, count in reasons.head(3).iter_rows())
        findings = [f"{name}: {part:.1%}" for name, part in over.items()]
        said = f"{unknown.height:,} of {own.height:,} attempts ({share:.1%}) have an unknown verdict"
        said += f" ({why})" if why else ""
        said += f", up to {self.most:.1%} may" + (
            f"; over it: {named(findings)}" if over and self.by_source else ""
        )
        return self.result(
            not over, said, findings, attempts=own.height, unknown=unknown.height, share=round(share, 6)
        )
