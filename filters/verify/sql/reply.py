"""What one run of a query gives: rows, or why there are none."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run: a database as `task.Database.text` writes it, a query, and what it may spend.

    `reverse`: the rows of every table are stored in reverse order, so that what depends on it shows.
    """

    database: str
    query: str
    deadline_s: float
    memory_bytes: int
    max_rows: int
    reverse: bool = False


class RunError(Exception):
    """A run without a result; `reason` is a slug.

    About the query: `syntax_error`, `unknown_table`, `unknown_column`, `unknown_function`,
    `ambiguous_column`, `several_statements`, `not_a_query`, `forbidden`, `sql_error`. About the means:
    `timeout`, `memory`, `unsupported`, `engine_error`. About the task: `bad_database`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def rows_reply(columns: int, rows: list[Any], more: bool) -> dict[str, object]:
    """The reply with a result; `more`: there were more rows than asked for."""
    return {"columns": columns, "rows": rows, "more": more}
