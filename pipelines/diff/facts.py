"""What the tables of two versions say about each other's attempts and problems: the grounds of reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pipelines.diff.dropped import DroppedRows, read_dropped
from pipelines.diff.frames import HASHED
from pipelines.diff.pairs import Pairs
from pipelines.diff.side import Side

_TEXT, _VERDICT, _LOCATION = (HASHED + "text",), ("verdict",), ("first_error", "error_kind", "located_by")


@dataclass(frozen=True)
class Facts:
    """Both sides and how their rows were paired. Sets of ids are Series; those of attempts hold what is made of
    them too."""

    a: Side
    b: Side
    pairs: Pairs

    def side(self, name: str) -> Side:
        """Side `a` or `b`."""
        return self.a if name == "a" else self.b

    def unpaired(self, table: str, name: str) -> pl.DataFrame:
        """Rows of a table that are on side `name` alone."""
        taken = self.pairs.places[table].select(pl.col(name).alias("place"))
        return self.side(name).tables[table].join(taken, on="place", how="anti", maintain_order="left")

    @cached_property
    def compared(self) -> pl.DataFrame:
        """Paired attempts: ids `a` and `b`, problem and recipe, and whether text, verdict and location differ."""
        names = ["problem_id", "recipe", "id", *_TEXT, *_VERDICT, *_LOCATION]
        there = [n for n in names if n in self.a.attempts.columns and n in self.b.attempts.columns]
        both = self.pairs.places["attempts"]
        for name in "ab":
            frame = self.side(name).attempts.select("place", *there)
            both = both.join(
                frame.rename({n: f"{n}:{name}" for n in there}), left_on=name, right_on="place", how="left"
            )

        def differs(columns: tuple[str, ...]) -> pl.Expr:
            each = [pl.col(f"{n}:a").ne_missing(pl.col(f"{n}:b")) for n in columns if n in there]
            return pl.any_horizontal(each) if each else pl.lit(value=False)

        return both.select(
            pl.col("id:a").alias("a"), pl.col("id:b").alias("b"),
            pl.col("problem_id:b").alias("problem_id"), pl.col("recipe:b").alias("recipe"),
            differs(_TEXT).alias("text"), differs(_VERDICT).alias("verdict"), differs(_LOCATION).alias("location"),
        )  # fmt: skip

    @cached_property
    def touched(self) -> Mapping[tuple[str, str], pl.Series]:
        """Attempts by side and what befell them: `new` (no pair), `text`, `verdict`, `location`."""
        found = {}
        for name in "ab":
            new = self.unpaired("attempts", name).filter(pl.col("recipe") == "")["id"]
            found[name, "new"] = _made_of(self.side(name).attempts, new)
            # What a recipe had sampled or injected says something else for a reason of its own.
            said = self.compared.filter(pl.col("text") & (pl.col("recipe") == ""))[name]
            found[name, "text"] = _made_of(self.side(name).attempts, said)
            for what in ("verdict", "location"):
                ids = self.compared.filter(pl.col(what) & ~pl.col("text"))[name]
                found[name, what] = _made_of(self.side(name).attempts, ids)
        return found

    @cached_property
    def resampled_problems(self) -> pl.Series:
        """Problems whose own samples are not the same ones."""
        own = self.compared.filter((pl.col("recipe") == "") & pl.col("text"))["problem_id"]
        new = [self.unpaired("attempts", n).filter(pl.col("recipe") == "")["problem_id"] for n in "ab"]
        return pl.concat([own, *new]).unique()

    @cached_property
    def rejudged_problems(self) -> pl.Series:
        """Problems of which an own sample is judged otherwise."""
        return self.compared.filter((pl.col("recipe") == "") & pl.col("verdict"))["problem_id"].unique()

    @cached_property
    def changed_problems(self) -> pl.Series:
        """Problems with another statement or answer under the same id."""
        both = self.a.statements.join(self.b.statements, on="problem_id", suffix=":b")
        other = (pl.col("statement") != pl.col("statement:b")) | (pl.col("answer") != pl.col("answer:b"))
        return both.filter(other)["problem_id"]

    def renamed_problems(self, name: str) -> pl.Series:
        """Problems of side `name` that the other side has under an id of its own."""
        mine, theirs = self.side(name).statements, self.side("b" if name == "a" else "a").statements
        alone = mine.join(theirs, on="problem_id", how="anti")
        other = theirs.join(mine, on="problem_id", how="anti")
        return alone.join(other, on="statement", how="semi")["problem_id"]

    @cached_property
    def dropped(self) -> Mapping[str, DroppedRows]:
        """What each side dropped."""
        return {"a": read_dropped(self.a), "b": read_dropped(self.b)}

    @cached_property
    def same_options(self) -> list[str]:
        """Recipes of both configs whose options are the same."""
        was, now = self.a.recipes, self.b.recipes
        return sorted(name for name in was.keys() & now.keys() if was[name] == now[name])


def _made_of(attempts: pl.DataFrame, ids: pl.Series) -> pl.Series:
    """The ids, and those of all attempts that are made of one of them, however far."""
    edges = attempts.filter(pl.col("parents").list.len() > 0).select("id", "parents").explode("parents")
    found = ids.unique()
    while True:
        more = edges.filter(pl.col("parents").is_in(found.implode()) & ~pl.col("id").is_in(found.implode()))
        if more.is_empty():
            return found
        found = pl.concat([found, more["id"].unique()])
