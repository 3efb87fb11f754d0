"""What the judge says of one query."""

from dataclasses import asdict, dataclass, replace

from filters.verify.sql.values import Cell, to_json
from schemas.verdict import Verdict

MAX_TEXT = 500
"""Characters of a message or of one cell that a report keeps."""

MAX_CELLS = 20
"""Cells of a row that a report keeps."""


@dataclass(frozen=True, slots=True)
class SqlFeedback:
    """What a writer of the query may be told.

    `kind` is the verdict's reason; `message` a sentence, with the engine's own words where there are
    any; `row` and `column` places from 0; `expected` and `got` the rows of the first difference (or the
    numbers of columns), as JSON; `database` the place of the database it was seen on.
    """

    kind: str
    message: str
    row: int | None = None
    column: int | None = None
    expected: object = None
    got: object = None
    database: int = 0


@dataclass(frozen=True, slots=True)
class SqlReport:
    """A verdict and how it was reached.

    `isolation` says what stood between the query and the machine; `flags`: `weak` (the right result is
    empty, and an empty result is easy to get), `random`, `clock` (the query names such functions),
    `ties` (the reference's result depends on the order of storage), `unchecked_order` (that could not
    be tried); `seconds` all the time it took.
    """

    verdict: Verdict
    feedback: SqlFeedback | None
    isolation: str
    flags: tuple[str, ...]
    seconds: float

    def as_row(self) -> dict[str, object]:
        """The report as columns of a JSON line."""
        return {
            "verdict": str(self.verdict.outcome),
            "reason": self.verdict.reason,
            "feedback": None if self.feedback is None else asdict(self.feedback),
            "flags": list(self.flags),
            "isolation": self.isolation,
            "seconds": round(self.seconds, 6),
        }


def shown(value: Cell) -> object:
    """A row or a cell as a report keeps it: as JSON, cut, and writable as UTF-8."""
    if isinstance(value, tuple):
        return [shown(cell) for cell in value[:MAX_CELLS]]
    if isinstance(value, bytes):
        return "x'" + value[: MAX_TEXT // 2].hex() + "'"
    if isinstance(value, float) and value - value != 0:
        return str(value)  # JSON has no NaN and no infinity
    if value is None or isinstance(value, bool | int | float):
        return value
    text = (
        value if isinstance(value, str) else str(to_json(value)) if isinstance(value, tuple) else str(value)
    )
    return text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")


def at_database(feedback: SqlFeedback, place: int) -> SqlFeedback:
    """The same feedback, seen on another database."""
    return replace(feedback, database=place)
