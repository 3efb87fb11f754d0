"""Sources: where problems come from. A member reads a file, a dataset or makes problems itself."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from schemas.dropped import Dropped
from schemas.family import Family, Options
from schemas.problem import Problem


class Source(Options, ABC):
    """A stream of problems in a fixed order.

    `problems` yields problems, and a `Dropped(stage="source", …)` for every row that cannot be
    one (bad JSON, missing column, empty statement), and never raises for a single bad row. A source
    that is unusable as a whole (no file, empty file, a column no row has) raises InputError
    before it yields anything. The same options give the same problems in the same order.
    """

    name: str = ""
    """Written into every row as `source`; empty: the source's own default."""

    licence: str = ""
    """Licence of the problems, written into every row."""

    @abstractmethod
    def problems(self) -> Iterator[Problem | Dropped]:
        """All problems, lazily: a caller may stop early."""

    def pinned(self) -> "Source":
        """The same source as it is now: one that may grow elsewhere names its present revision. By default itself."""
        return self

    def files(self) -> list[str]:
        """Local files the source reads; their content is part of a build's identity."""
        return []


SOURCES: Family[Source] = Family("source", "generators.sources", Source, support=frozenset({"columns"}))
