"""What `corrigenda diff` finds: records that JSON can hold, in an order that is always the same.

`a` is the older version and `b` the newer one; `added` rows are in `b` alone, `removed` ones in `a` alone.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

Change = Literal["added", "removed", "changed"]
CHANGES: tuple[Change, ...] = ("added", "removed", "changed")


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two datasets, as its manifest and its files say."""

    label: str
    name: str
    version: str
    """Of Corrigenda, when it was built."""
    format_version: str
    build_id: str
    config_digest: str
    problems: int
    """Problems that have a row in any table."""
    has_dropped: bool
    """Whether `dropped/` is there; without it nobody can say which rows a filter or a cap took."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that is not the same: of the config, a model, a package. Absent is an empty text."""

    name: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class TableCount:
    """Rows of a table: `a` = same + changed + removed, `b` = same + changed + added."""

    table: str
    a: int
    b: int
    same: int
    changed: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that came, went or changed for one reason."""

    change: Change
    table: str
    recipe: str
    """Empty for a problem's own attempts."""
    reason: str
    columns: tuple[str, ...]
    """Columns that differ, of changed rows; empty for the others."""
    rows: int
    problems: int


@dataclass(frozen=True, slots=True)
class Example:
    """A row of a kind of change. `text` is a diff of both rows as text, or the row's own text."""

    change: Change
    reason: str
    table: str
    recipe: str
    variant: str
    problem_id: str
    id_a: str
    id_b: str
    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """How often a value stands in a column."""

    value: str
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How rows (or problems) spread over the values of `of`, before and after.

    `distance` is the total variation distance of the shares, 0 to 1: the least part of the rows that would have to
    take another value. `p` is the probability of as large a difference by chance, see `pipelines.diff.chance`; None
    where one side has no row. `moved` is the verdict.
    """

    table: str
    of: str
    unit: Literal["rows", "problems"]
    cells: tuple[Cell, ...]
    distance: float
    p: float | None
    moved: bool
    median_a: float | None = None
    """Of lengths, in characters."""
    median_b: float | None = None

    @property
    def totals(self) -> tuple[int, int]:
        """Rows or problems on both sides."""
        return sum(c.a for c in self.cells), sum(c.b for c in self.cells)


@dataclass(frozen=True, slots=True)
class KindShare:
    """How many of the wrong answers make one kind of mistake."""

    kind: str
    a: int
    b: int
    share_a: float
    share_b: float


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """How the policy does on the problems that both versions have decided attempts of.

    Rates are means over problems; `error` is the standard error of their difference, problem by problem.
    """

    problems: int
    same: bool
    """Whether both have the same fingerprints of models and samplings: what moved is then samples or verdicts."""
    rate_a: float
    rate_b: float
    error: float
    better: int
    worse: int
    moved: bool
    """Whether the difference is more than 2.576 standard errors: 1 time in 100 by chance."""
    kinds: tuple[KindShare, ...]
    """Those that grew most first."""
    kinds_moved: bool


@dataclass(frozen=True, slots=True)
class Leak:
    """A problem that is now learnt from and was, or is, held out."""

    problem_id: str
    held_out_id: str
    """The same problem, or another one with the same statement."""
    split: str
    """The split that holds it out."""
    rows: int
    """Rows of all tables that are now in a train split."""
    statement: str
    """Its beginning."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A quality gate's result in both versions; None where a version has none of that name."""

    gate: str
    passed_a: bool | None
    passed_b: bool | None
    said_a: str
    said_b: str
    numbers: tuple[Setting, ...]
    """Those of its numbers that differ."""


@dataclass(frozen=True, slots=True)
class Contamination:
    """What of a held-out split can now be learnt from. Statements are compared in Unicode form NFKC, in small
    letters, with single spaces; near copies are a quality gate's business."""

    from_test: int
    """Problems of `b`'s train splits that are held out in `a`, by id or statement."""
    from_test_rows: int
    within: int
    """Problems of `b`'s train splits with the statement of a problem that `b` holds out."""
    within_before: int
    """The same of `a`."""
    to_test: int
    """Problems that `b` holds out and `a` had in train: a model trained on `a` has seen them."""
    leaks: tuple[Leak, ...]
    """Some of `from_test` and of `within`, those with the most rows first."""

    @property
    def clean(self) -> bool:
        """Whether there is nothing new to fear."""
        return not self.from_test and self.within <= self.within_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All of it."""

    a: Version
    b: Version
    notes: tuple[str, ...]
    """What could not be compared, and why."""
    settings: tuple[Setting, ...]
    tables: tuple[TableCount, ...]
    groups: tuple[Group, ...]
    distributions: tuple[Distribution, ...]
    policy: PolicyChange | None
    """None where no problem has decided attempts on both sides."""
    contamination: Contamination
    gates: tuple[Gate, ...]
    examples: tuple[Example, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether both hold the same rows in the same splits."""
        return not self.groups

    def reasons(self, change: Change) -> dict[str, int]:
        """Rows by reason, the most frequent first."""
        counts: Counter[str] = Counter()
        for group in self.groups:
            if group.change == change:
                counts[group.reason] += group.rows
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists, with the counts by reason that a script asks for first."""
        found: dict[str, Any] = asdict(self)
        found["reasons"] = {change: self.reasons(change) for change in CHANGES}
        found["contamination"]["clean"] = self.contamination.clean
        found["empty"] = self.empty
        return found
