"""Row filters: each looks at one finished example and keeps it or names its objection.

Objections are slugs that become the statistics of the build; dropped rows are kept beside the
data with their slug. A member is one file with one class; its fields are its options.
"""

from abc import ABC, abstractmethod

from filters.verify.math.judge import Judge
from schemas.case import Case
from schemas.example import Example
from schemas.family import Family, Options


class RowFilter(Options, ABC):
    """A judgement on single rows."""

    @abstractmethod
    def objection(self, example: Example, case: Case, judge: Judge) -> str | None:
        """None to keep the row, or why it must go, as a slug."""


FILTERS: Family[RowFilter] = Family("filter", "filters", RowFilter, support=frozenset({"verify"}))
