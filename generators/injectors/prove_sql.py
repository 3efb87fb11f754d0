"""The proof of a mistake in a query: on a database its result is another than the original's.

The queries are references and what we made of them; they run in SQLite in memory, read-only, with a
limit on the steps of its machine. Columns are compared by place, rows as a list where the original
sorts them and otherwise as a bag.
"""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from generators.injectors.sql_operators.query import tree_of
from schemas.injection import Check, Injection

STEPS = 2_000_000
"""Instructions of SQLite's machine for one query, about a quarter of a second."""
MAX_ROWS = 10_000

Rows = list[tuple[object, ...]]


def prove(
    original: str, proposed: Sequence[Injection], database: str, expected: Rows | None = None
) -> Iterator[Injection]:
    """The same injections with their checks, in order. `database` is a script that makes the tables.

    `expected` are the rows the original must give; without them its own are taken for right. Where the
    original does not run nothing is proven. Raises `sqlite3.Error` for a script that does not run.
    """
    tree = tree_of(original, "sqlite")
    ordered = isinstance(tree, exp.Query) and tree.args.get("order") is not None
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(database)
        connection.execute("PRAGMA query_only = ON")
        right = _rows(connection, original)
        wanted = right if expected is None else expected
        passes = isinstance(right, list) and isinstance(wanted, list) and _same(right, wanted, ordered)
        for injection in proposed:
            given = _rows(connection, injection.text)
            differs = isinstance(given, list) and isinstance(right, list) and not _same(given, right, ordered)
            checks = (
                Check("original_passes", passes, _told(right)),
                Check("query_runs", isinstance(given, list), _told(given)),
                Check("query_differs", differs, _told(given)),
            )
            yield replace(injection, checks=checks)


def _rows(connection: sqlite3.Connection, sql: str) -> Rows | str:
    """The rows, or what went wrong."""
    left = [STEPS // 1000]

    def late() -> int:
        left[0] -= 1
        return left[0] < 0

    connection.set_progress_handler(late, 1000)
    try:
        rows = connection.execute(sql).fetchmany(MAX_ROWS + 1)
        return rows if len(rows) <= MAX_ROWS else "too many rows"
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.set_progress_handler(None, 0)


def _same(one: Rows, other: Rows, ordered: bool) -> bool:
    if ordered:
        return one == other
    return Counter(map(_key, one)) == Counter(map(_key, other))


def _key(row: tuple[object, ...]) -> tuple[object, ...]:
    """Floats rounded to twelve digits: sums depend on the order of the rows in their last bits."""
    return tuple(float(f"{value:.12g}") if isinstance(value, float) else value for value in row)


def _told(rows: Rows | str) -> str:
    return rows if isinstance(rows, str) else f"{len(rows)} rows: {rows[:3]!r}"[:200]
