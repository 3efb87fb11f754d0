"""What is judged: a query, what it should give, and the database it is asked of."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from schemas.exceptions import InputError

Engine: TypeAlias = Literal["sqlite", "duckdb"]
Rows: TypeAlias = Mapping[str, list[list[Any]] | list[dict[str, Any]]]

ENGINES = ("sqlite", "duckdb")
_DATABASE_FIELDS = ("rows", "setup")


@dataclass(frozen=True, slots=True)
class Database:
    """The content of one database: statements that make it, then rows put into its tables.

    `rows`: table name -> rows, each a list in the table's column order or an object column -> value.
    """

    statements: tuple[str, ...]
    rows: Rows = field(default_factory=dict)

    def text(self) -> str:
        """As JSON, the form a worker is given and remembers."""
        return json.dumps([list(self.statements), dict(self.rows)], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """A task's own limits; None takes the judge's."""

    deadline_s: float | None = None
    memory_bytes: int | None = None
    max_rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTask:
    """One query to be judged.

    Exactly one of `reference` (a query) and `expected` (rows) says what is right. With several
    databases the query must be right on each. `ordered`: whether the order of rows counts; `auto`
    derives it from a top-level ORDER BY of the reference, and is False with `expected`.
    """

    query: str
    databases: tuple[Database, ...]
    reference: str | None = None
    expected: tuple[tuple[Any, ...], ...] | None = None
    engine: Engine = "sqlite"
    ordered: bool | Literal["auto"] = "auto"
    limits: SqlLimits = SqlLimits()

    def __post_init__(self) -> None:
        if not isinstance(self.query, str):
            raise InputError(f"`query` must be a text, got {_kind(self.query)}")
        if (self.reference is None) == (self.expected is None):
            raise InputError("give either `reference` (a query) or `expected` (a list of rows), and not both")
        if self.reference is not None and not (isinstance(self.reference, str) and self.reference.strip()):
            raise InputError(f"`reference` must be a text with a query, got {_kind(self.reference)}")
        if not self.databases:
            raise InputError("`databases` is empty: a query needs at least one database to be asked of")
        if self.expected is not None and len(self.databases) > 1:
            raise InputError(
                "`expected` is the result on one database: give `reference` with several `databases`"
            )
        if self.engine not in ENGINES:
            raise InputError(f"`engine` must be one of {', '.join(ENGINES)}, got {self.engine!r}")
        if self.ordered not in (True, False, "auto"):
            raise InputError(f'`ordered` must be true, false or "auto", got {self.ordered!r}')

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> "SqlTask":
        """A task from a row of a file; InputError names the field and what was expected there.

        Fields: `query`, `reference` or `expected`, `schema` (text or list of texts), `rows`, `setup`,
        or `databases` (list of objects with `rows` and `setup`), `engine`, `ordered`, `limits`. Others
        are left alone.
        """
        schema = _statements("schema", row.get("schema"))
        if not schema:
            raise InputError(
                "`schema` is missing: give the CREATE TABLE statements as a text or a list of texts"
            )
        ordered = row.get("ordered")
        return cls(
            query=cast(str, row.get("query")),
            reference=cast("str | None", row.get("reference")),
            expected=_expected(row.get("expected")),
            databases=tuple(_databases(row, schema)),
            engine=cast(Engine, row.get("engine") or "sqlite"),
            ordered="auto" if ordered is None else cast(bool, ordered),
            limits=_limits(row.get("limits")),
        )


def _databases(row: Mapping[str, object], schema: tuple[str, ...]) -> Iterable[Database]:
    several = row.get("databases")
    if several is None:
        yield _database(row, schema, "")
        return
    if row.get("rows") or row.get("setup"):
        raise InputError("give `databases`, or `rows` and `setup`, not both")
    if not isinstance(several, list):
        raise InputError(f"`databases` must be a list of objects, got {type(several).__name__}")
    for place, one in enumerate(several):
        where = f"databases[{place}]"
        if not isinstance(one, dict) or set(one) - set(_DATABASE_FIELDS):
            raise InputError(f"`{where}` must be an object with `rows` and `setup`")
        yield _database(one, schema, where + ".")


def _database(row: Mapping[str, object], schema: tuple[str, ...], where: str) -> Database:
    setup = _statements(f"{where}setup", row.get("setup"))
    return Database((*schema, *setup), _table_rows(f"{where}rows", row.get("rows")))


def _kind(value: object) -> str:
    return "nothing" if value is None or value == "" else type(value).__name__


def _statements(name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise InputError(f"`{name}` must be a text or a list of texts with SQL, got {type(value).__name__}")
    return tuple(one for one in found if one.strip())


def _expected(value: object) -> tuple[tuple[Any, ...], ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, list) for one in value):
        raise InputError("`expected` must be a list of rows, each a list of values")
    if len({len(one) for one in value}) > 1:
        raise InputError("`expected` has rows of different lengths")
    return tuple(tuple(one) for one in value)


def _table_rows(name: str, value: object) -> Rows:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(
            f"`{name}` must be an object, table name -> list of rows, got {type(value).__name__}"
        )
    for table, rows in value.items():
        if not isinstance(rows, list) or not all(isinstance(one, list | dict) for one in rows):
            raise InputError(f"`{name}.{table}` must be a list of rows, each a list or an object")
        if len({type(one) for one in rows}) > 1:
            raise InputError(f"`{name}.{table}` mixes lists and objects: write all rows one way")
    return value


def _limits(value: object) -> SqlLimits:
    if value is None:
        return SqlLimits()
    known = SqlLimits.__slots__
    if not isinstance(value, dict) or set(value) - set(known):
        raise InputError(f"`limits` must be an object with some of {', '.join(known)}")
    for name, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 1e12:
            raise InputError(f"`limits.{name}` must be a number above 0, got {number!r}")
    return SqlLimits(
        **{name: number if name == "deadline_s" else int(number) for name, number in value.items()}
    )
