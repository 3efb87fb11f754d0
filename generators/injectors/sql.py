"""Mistakes in SQL queries, one edit each on the tokens, so that the rest stays as it was written.

Example: `SELECT city FROM people WHERE age >= 18` with `wrong_filter` becomes `... WHERE age > 18`. Kinds
follow NL2SQL-BUGs (arXiv 2503.11984).
"""

import random
from collections.abc import Iterator
from typing import ClassVar

from generators.injectors.base import Injector, Subject
from generators.injectors.single_edit import likeliest_first, single_edit
from generators.injectors.sql_operators.operators import OPERATORS
from generators.injectors.sql_operators.query import query, tree_of
from schemas.error_kind import ErrorDomain
from schemas.injection import Edit, Injection, apply


class Sql(Injector):
    """Single-edit mistakes in SELECT statements, by execution to be proven."""

    domain: ClassVar[ErrorDomain] = "sql"
    kinds: ClassVar[tuple[str, ...]] = tuple(OPERATORS)
    dialect: str = "sqlite"
    """The dialect of the queries, as sqlglot calls it."""

    def propose(self, subject: Subject, kind: str, rng: random.Random) -> Iterator[Injection]:
        """Queries that parse and differ, as trees, from the original and from each other."""
        right = query(subject.solution, self.dialect) if kind in OPERATORS else None
        if right is None:
            return
        seen = {right.tree}
        for change in likeliest_first(OPERATORS[kind](right), rng):
            edit = Edit(change.start, change.end, change.after)
            text = apply(right.text, (edit,))
            tree = tree_of(text, self.dialect)
            if tree is None or tree in seen:
                continue
            seen.add(tree)
            yield single_edit(self.name, kind, right.text, text, edit)
