"""SQLite, inside a worker: a fresh copy of the database for every run, on which only reading is authorised.

The copy is made from the bytes of a database built once (0.05 ms, against milliseconds to build it).
Three layers, each enough alone: the authorizer refuses every action but reading, `query_only` refuses to
write, and the copy is thrown away.
"""

import json
import re
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import groupby, islice
from typing import Any

from filters.verify.sql.reply import RunError, RunRequest, rows_reply
from filters.verify.sql.tokens import words
from filters.verify.sql.values import to_json

MAX_IMAGES = 32
"""Built databases a worker remembers."""

MAX_TEXT_BYTES = 16 << 20
"""Largest text or blob; above it SQLite itself says `string or blob too big`."""

_ROWID_KEY = re.compile(r"(?i)\bINTEGER\s+PRIMARY\s+KEY(\s+(ASC|DESC))?(\s+AUTOINCREMENT)?")
_ANY_INTEGER = re.compile(r"(?i)\bINTEGER\b")  # of the same affinity as INT
_MAX_PARAMETERS = 2_000
_MADE = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
)
_STEPS = 10_000  # of SQLite's virtual machine between two looks at the clock, below a millisecond
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "sqlite_log"}
_MASTERS = {"sqlite_master", "sqlite_temp_master", "sqlite_schema"}
_REFUSED_IN_A_BUILD = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA}

_REASONS = (
    ("syntax_error", r"syntax error|incomplete input|unrecognized token"),
    ("unknown_table", r"no such table"),
    ("unknown_column", r"no such column"),
    ("unknown_function", r"no such function|wrong number of arguments to function"),
    ("ambiguous_column", r"ambiguous column name"),
    ("several_statements", r"one statement at a time"),
    ("forbidden", r"not authorized|authorization denied|prohibited|readonly database|may not be modified"),
    ("timeout", r"interrupted"),
    ("memory", r"too big|out of memory|database or disk is full"),
)


class SqliteEngine:
    """Runs queries; one at a time."""

    def __init__(self) -> None:
        self._images: OrderedDict[tuple[str, bool], bytes] = OrderedDict()

    def run(self, request: RunRequest) -> dict[str, object]:
        """A reply with rows; RunError where there are none."""
        late = time.monotonic() + request.deadline_s
        image = self._image(request, late)
        try:
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                connection.deserialize(image)
                _guard(connection, late)
                return _rows(connection, request)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            raise RunError(_reason(str(error), "sql_error"), str(error)) from None

    def _image(self, request: RunRequest, late: float) -> bytes:
        key = request.database, request.reverse
        if key not in self._images:
            try:
                with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                    connection.execute("PRAGMA user_version=1")  # a database without a page has no bytes
                    connection.set_authorizer(_may_build)
                    connection.set_progress_handler(partial(_is_late, late), _STEPS)
                    _build(connection, *json.loads(request.database))
                    connection.set_authorizer(None)  # serialize() asks for a PRAGMA itself
                    self._images[key] = _reversed(connection) if request.reverse else connection.serialize()
            except (sqlite3.Error, sqlite3.Warning, OverflowError, TypeError, ValueError) as error:
                reason = "timeout" if "interrupted" in str(error) else "bad_database"
                raise RunError(reason, str(error)) from None
            while len(self._images) > MAX_IMAGES:
                self._images.popitem(last=False)
        self._images.move_to_end(key)
        return self._images[key]


def _is_late(late: float) -> int:
    return time.monotonic() > late


def _guard(connection: sqlite3.Connection, late: float) -> None:
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1 << 20)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    # bytes that are no UTF-8 are legal in a text column and must not be an error of the query
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    connection.set_progress_handler(partial(_is_late, late), _STEPS)
    connection.set_authorizer(_may_read)


def _may_read(action: int, one: str | None, other: str | None, _: str | None, __: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (other or "").lower() in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    # declaring a table-valued function (json_each) asks for this one; a real UPDATE of it is refused by
    # SQLite unless writable_schema is on, and that is a PRAGMA
    declares = action == sqlite3.SQLITE_UPDATE and one in _MASTERS
    return sqlite3.SQLITE_OK if action in _READING or declares else sqlite3.SQLITE_DENY


def _may_build(action: int, one: str | None, other: str | None, _: str | None, __: str | None) -> int:
    # dumps begin with `PRAGMA foreign_keys=OFF`
    if action == sqlite3.SQLITE_PRAGMA and (one or "").lower() == "foreign_keys":
        return sqlite3.SQLITE_OK
    refused = action == sqlite3.SQLITE_FUNCTION and (other or "").lower() in _REFUSED_FUNCTIONS
    return sqlite3.SQLITE_DENY if refused or action in _REFUSED_IN_A_BUILD else sqlite3.SQLITE_OK


def _build(connection: sqlite3.Connection, statements: list[str], rows: dict[str, list[Any]]) -> None:
    for statement in statements:
        connection.executescript(statement)
    if not connection.in_transaction:
        connection.execute("BEGIN")
    for table, values in rows.items():
        for statement, cells in insertions(table, values):
            connection.execute(statement, cells)
    connection.execute("COMMIT")


def insertions(table: str, rows: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """INSERT statements of many rows each (one by one takes DuckDB five times as long), and their values.

    `rows`: lists in the table's order, or objects column -> value, whose columns may differ.
    """
    for columns, alike in groupby(rows, key=_form):
        named = f"({', '.join(map(quoted, columns))})" if isinstance(columns, tuple) else ""
        width = len(columns) if isinstance(columns, tuple) else columns
        one = f"({', '.join('?' * width)})"
        while part := list(islice(alike, max(1, _MAX_PARAMETERS // max(1, width)))):
            cells = [cell for row in part for cell in (row.values() if isinstance(row, dict) else row)]
            yield f"INSERT INTO {quoted(table)}{named} VALUES {', '.join([one] * len(part))}", cells


def _form(row: list[Any] | dict[str, Any]) -> tuple[str, ...] | int:
    return tuple(row) if isinstance(row, dict) else len(row)


def quoted(name: str) -> str:
    """A name as SQL writes any name."""
    return '"' + name.replace('"', '""') + '"'


def _reversed(source: sqlite3.Connection) -> bytes:
    """A copy, serialized, whose tables hold their rows in reverse.

    INTEGER PRIMARY KEY becomes INT in it: such a column is the rowid itself, and its rows would stay in its
    order whatever one does. As INT PRIMARY KEY it would have an index, which SQLite reads in order
    where the column alone is asked for; so it does still with PRIMARY KEY (id) written apart.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as target:
        made = source.execute(_MADE).fetchall()
        for name, sql in [(name, sql) for kind, name, sql in made if kind == "table"]:
            target.execute(_ANY_INTEGER.sub("INT", _ROWID_KEY.sub("INT", sql)))
            order = "" if "WITHOUT ROWID" in sql.upper() else " ORDER BY rowid DESC"
            rows = source.execute(f"SELECT * FROM {quoted(name)}{order}")
            marks = ", ".join("?" * len(rows.description))
            target.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", rows)
        for sql in [sql for kind, _, sql in made if kind != "table"]:
            target.execute(sql)
        return target.serialize()


def _rows(connection: sqlite3.Connection, request: RunRequest) -> dict[str, object]:
    first = next((word.text for word in words(request.query)), "")
    if first in ("explain", "pragma") or not first:
        raise RunError(
            "not_a_query",
            f"a query begins with SELECT, WITH or VALUES, not with {first.upper() or 'nothing'}",
        )
    try:
        cursor = connection.execute(request.query)
    except sqlite3.DatabaseError as error:
        if first not in ("select", "with", "values") and _reason(str(error), "") == "forbidden":
            raise RunError("not_a_query", f"{first.upper()} is no query: {error}") from None
        raise
    if cursor.description is None:
        raise RunError("not_a_query", f"{first.upper()} gives no result")
    rows = cursor.fetchmany(request.max_rows + 1)
    kept = [[to_json(cell) for cell in row] for row in rows[: request.max_rows]]
    return rows_reply(len(cursor.description), kept, len(rows) > request.max_rows)


def _reason(message: str, otherwise: str) -> str:
    return next((slug for slug, sign in _REASONS if re.search(sign, message)), otherwise)
