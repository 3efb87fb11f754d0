"""DuckDB, inside a worker: databases built in memory, closed to the outside, asked in read-only transactions.

A database is built once and kept (building takes about 20 ms, asking 0.5 ms). What keeps it unchanged: one
SELECT statement only, in a transaction that DuckDB itself holds read-only (a data-changing WITH is typed as
SELECT, and fails there, and so does a sequence asked to move on), rolled back afterwards; no external
access, a locked configuration.

The deadline is left to the parent, which kills the process: a timer thread that interrupts would be one
more thread to be started when memory is short.
"""

import json
import math
import resource
import struct
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from filters.verify.sql.reply import RunError, RunRequest, rows_reply
from filters.verify.sql.sqlite_engine import insertions, quoted
from filters.verify.sql.values import to_json

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_DATABASES = 4
"""Built databases a worker keeps."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "max_temp_directory_size": "0B",  # no spilling: memory is the limit
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    # without this a table name that is not found is looked up among the worker's Python variables
    "python_enable_replacements": "false",
}


class DuckdbEngine:
    """Runs queries; one at a time."""

    def __init__(self) -> None:
        self._databases: OrderedDict[tuple[str, bool, int], DuckDBPyConnection] = OrderedDict()
        _warm_up()

    def run(self, request: RunRequest) -> dict[str, object]:
        """A reply with rows; RunError where there are none."""
        import duckdb

        database = self._database(request)
        connection = database.cursor()
        try:
            return _rows(connection, request)
        except (duckdb.Error, MemoryError, RuntimeError, ValueError, OverflowError) as error:
            raise RunError(_reason(error), str(error)) from None
        finally:
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            connection.close()

    def _database(self, request: RunRequest) -> "DuckDBPyConnection":
        import duckdb

        key = request.database, request.reverse, request.memory_bytes
        if key not in self._databases:
            while len(self._databases) >= MAX_DATABASES:
                self._databases.popitem(last=False)[1].close()
            connection = _connect(request.memory_bytes)
            try:
                _build(connection, *json.loads(request.database))
                if request.reverse:
                    _reverse(connection)
                connection.execute("SET lock_configuration=true")
            except (duckdb.Error, MemoryError, RuntimeError, ValueError, OverflowError) as error:
                connection.close()
                raise RunError("bad_database", str(error)) from None
            self._databases[key] = connection
        self._databases.move_to_end(key)
        return self._databases[key]


def _connect(memory_bytes: int) -> "DuckDBPyConnection":
    """A new database; one descriptor is allowed meanwhile, because DuckDB aborts the process without one."""
    import duckdb

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        return duckdb.connect(":memory:", config={**_CONFIG, "memory_limit": f"{memory_bytes // 1024}KiB"})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _warm_up() -> None:
    """Have DuckDB import now what it needs for its values: later no file can be opened."""
    import duckdb

    with duckdb.connect(":memory:", config=_CONFIG) as connection:
        connection.execute("SELECT * FROM test_all_types()").fetchmany(1)
        # DuckDB 2 starts 8 threads for input and output that a closed database has no use for
        if connection.execute("SELECT 1 FROM duckdb_settings() WHERE name = 'async_threads'").fetchone():
            _CONFIG["async_threads"] = "0"


def _build(connection: "DuckDBPyConnection", statements: list[str], rows: dict[str, list[Any]]) -> None:
    for statement in statements:
        connection.execute(statement)
    for table, values in rows.items():
        for statement, cells in insertions(table, values):
            connection.execute(statement, cells)


def _reverse(connection: "DuckDBPyConnection") -> None:
    """Store every table's rows in reverse; constraints and indexes are lost, and a reader needs none."""
    import duckdb

    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main'"
    )
    tables = [name for (name,) in found.fetchall()]
    for place, name in enumerate(tables):
        connection.execute(
            f'CREATE TABLE "reversed {place}" AS SELECT * FROM {quoted(name)} ORDER BY rowid DESC'
        )
    left = list(tables)
    for _ in tables:  # a table that others refer to can be dropped only after them
        for name in list(left):
            with suppress(duckdb.Error):
                connection.execute(f"DROP TABLE {quoted(name)}")
                left.remove(name)
    for place, name in enumerate(tables):
        connection.execute(f'ALTER TABLE "reversed {place}" RENAME TO {quoted(name)}')


def _rows(connection: "DuckDBPyConnection", request: RunRequest) -> dict[str, object]:
    import duckdb

    statements = connection.extract_statements(request.query)
    if len(statements) != 1:
        which = (
            ("several_statements", f"{len(statements)} statements")
            if statements
            else ("not_a_query", "nothing")
        )
        raise RunError(which[0], f"one query is asked for, got {which[1]}")
    kind = statements[0].type
    if kind == duckdb.StatementType.MULTI:
        # a PIVOT without an IN list first creates a type of the values it finds
        raise RunError(
            "unsupported", "the statement stands for several, which a read-only database cannot run"
        )
    if kind != duckdb.StatementType.SELECT:
        raise RunError("not_a_query", f"{str(kind).rpartition('.')[2]} is no query")
    connection.execute("BEGIN TRANSACTION READ ONLY")
    connection.execute(statements[0])
    rows = connection.fetchmany(request.max_rows + 1)
    description = connection.description or []
    singles = {place for place, column in enumerate(description) if str(column[1]) == "FLOAT"}
    kept = [
        [_single(cell) if place in singles else to_json(cell) for place, cell in enumerate(row)]
        for row in rows[: request.max_rows]
    ]
    return rows_reply(len(description), kept, len(rows) > request.max_rows)


def _single(value: float | None) -> float | None:
    """The shortest number that is this one in 32 bits: Python is given 0.10000000149011612 for 0.1."""
    if value is None or not math.isfinite(value):
        return value
    shortest = (float(f"{value:.{digits}g}") for digits in range(6, 9))
    return next((one for one in shortest if struct.pack("f", one) == struct.pack("f", value)), value)


def _reason(error: Exception) -> str:
    import duckdb

    text = str(error)
    signs = (
        # after one of these the database refuses everything; the worker is replaced
        ("engine_error", isinstance(error, duckdb.InternalException | duckdb.FatalException | RuntimeError)),
        ("memory", isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "bad_alloc" in text),
        ("memory", "Out of Memory" in text),
        ("syntax_error", isinstance(error, duckdb.ParserException)),
        (
            "forbidden",
            isinstance(error, duckdb.PermissionException | duckdb.IOException) or "read-only mode" in text,
        ),
        ("forbidden", "configuration has been locked" in text),
        ("ambiguous_column", "Ambiguous reference" in text),
        ("unknown_table", "Table with name" in text or "Referenced table" in text),
        ("unknown_column", "Referenced column" in text or "does not have a column" in text),
        ("unknown_function", "Function with name" in text or "No function matches" in text),
    )
    return next((slug for slug, true in signs if true), "sql_error")
