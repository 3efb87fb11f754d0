"""From rows to problems: which column holds what. Shared by the sources that read tables."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from generators.rows import MISSING, Row, check_row
from generators.sources.base import Source
from schemas.dropped import Dropped
from schemas.exceptions import RecordError
from schemas.problem import Problem

_STAGE = "source"


class ColumnSource(Source):
    """A source whose rows have named columns; `a.b` names a field of an object in a column."""

    statement: str = "question"
    """Column of the problem's statement."""

    answer: str = "answer"
    """Column of the reference answer: text or a number (18 and 18.0 both become "18")."""

    answer_after: str = ""
    """Where the answer stands at the end of a longer text, what it stands after: "####" for GSM8K's own
    files. What is before it becomes the solution, unless a solution column is there."""

    id: str = "id"
    """Column of the row's own id; ids are made from the content where it is empty or not there."""

    solution: str = "solution"
    """Column of a worked solution; it need not be there."""

    family: str = ""
    """Column of the problem's group (subject, type), or `=algebra` to give all rows the same."""

    difficulty: str = ""
    """Column of the source's own difficulty, or `=5` to give all rows the same."""

    into_split: str = ""
    """Column of the split a problem must stay in, or `=test` for all; empty: by hash of the statement."""

    def check_columns(self, row: Row, origin: str) -> None:
        """InputError where the row lacks a column that the options name."""
        needed = {"statement": self.statement, "answer": self.answer}
        labels = {"family": self.family, "difficulty": self.difficulty, "into_split": self.into_split}
        needed |= {option: column for option, column in labels.items() if column and column[0] != "="}
        # A column that a person wrote must be there; the default need not.
        needed |= {name: getattr(self, name) for name in ("id", "solution") if name in self.model_fields_set}
        check_row(row, origin, {option: column for option, column in needed.items() if column})

    def to_problems(
        self, rows: Iterable[Row | Dropped], name: str, licence: str, seen: set[str]
    ) -> Iterator[Problem | Dropped]:
        """Problems of the rows, what cannot be one as `Dropped`; `seen` holds the ids given so far."""
        for row in rows:
            made = self._problem(row, name, licence) if isinstance(row, Row) else row
            if isinstance(made, Problem) and isinstance(row, Row):
                if made.id in seen:
                    detail = f"id {made.id!r} was given before; `id: ''` makes ids from the content"
                    made = row.drop(_STAGE, "duplicate_id", detail)
                else:
                    seen.add(made.id)
            yield made

    def _problem(self, row: Row, name: str, licence: str) -> Problem | Dropped:
        try:
            statement = _text(row, "statement", self.statement)
            answer, before = self._answer(row)
            return Problem(
                statement=statement,
                answer=answer,
                id=_label(row, "id", self.id),
                solution=self._solution(row, before),
                source=name,
                licence=licence,
                family=_label(row, "family", self.family),
                difficulty=_label(row, "difficulty", self.difficulty),
                split=_label(row, "into_split", self.into_split),
            )
        except _BadValue as bad:
            return row.drop(_STAGE, bad.reason, bad.detail)
        except RecordError as error:
            return row.drop(_STAGE, "bad_record", str(error))

    def _answer(self, row: Row) -> tuple[str, str]:
        """The answer, and the text before the mark it stands after."""
        whole = _text(row, "answer", self.answer)
        if not self.answer_after:
            return whole, ""
        before, mark, answer = whole.rpartition(self.answer_after)
        if not mark:
            raise _BadValue("no_answer_mark", f"{self.answer!r} does not contain {self.answer_after!r}")
        if not answer.strip():
            raise _BadValue("empty_answer", f"nothing follows {self.answer_after!r}")
        return answer.strip(), before.rstrip()

    def _solution(self, row: Row, before: str) -> str:
        value = row.get(self.solution) if self.solution and self.solution != self.answer else MISSING
        if value is MISSING or value is None:
            return before
        if not isinstance(value, str):
            raise _BadValue("wrong_type", f"solution is {type(value).__name__}, not text")
        return value


class _BadValue(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def _text(row: Row, option: str, column: str) -> str:
    value = row.get(column)
    if value is MISSING:
        raise _BadValue("missing_column", f"there is no {column!r}")
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _BadValue(f"empty_{option}", f"{column!r} is empty")
    if isinstance(value, str):
        return value
    number = _number(value) if option == "answer" else None
    if number is None:
        raise _BadValue("wrong_type", f"{column!r} is {type(value).__name__}, not text")
    return number


def _number(value: object) -> str | None:
    """A number as a person writes it: no exponent, no trailing zeros. A bool is none: yes, true or 1?"""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return None
    if isinstance(value, int):
        return str(value)
    # Not Decimal.normalize: it rounds to 28 digits.
    written = format(number, "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written == "-0" else written


def _label(row: Row, option: str, column: str) -> str:
    if not column or column.startswith("="):
        return column[1:]
    value = row.get(column)
    if value is MISSING or value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if (number := _number(value)) is None:
        raise _BadValue("wrong_type", f"{option} is {type(value).__name__}, not text or a number")
    return number
