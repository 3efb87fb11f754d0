"""One query on one database: run, compared, and doubted where equal results may be luck."""

from dataclasses import dataclass

from filters.verify.sql.compare import Difference, Result, difference
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.reply import RunError, RunRequest
from filters.verify.sql.report import SqlFeedback, shown
from filters.verify.sql.runner import Runner
from filters.verify.sql.sentences import said
from filters.verify.sql.task import SqlTask
from filters.verify.sql.tokens import asks_for_order, uses_clock, uses_random, words
from schemas.verdict import Outcome

REPEATS = 4
"""More runs of a query that names a random function; a coin falls five times alike once in 16."""

MEANS = ("timeout", "memory", "crashed", "result_too_large", "unsupported", "engine_error", "bad_database")
"""Reasons for which a query that gave no result is unknown and not wrong."""

_ROWID = {"rowid", "_rowid_", "oid"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding on one database."""

    outcome: Outcome
    reason: str
    feedback: SqlFeedback | None = None
    flags: frozenset[str] = frozenset()


EMPTY = (Outcome.RIGHT, "equal_empty")


class Trial:
    """One query on one database."""

    def __init__(self, task: SqlTask, options: SqlOptions, runner: Runner, database: str) -> None:
        self._task, self._options, self._runner = task, options, runner
        self._database = database
        self._ordered = _ordered(task)
        self._flags = {
            name for name, uses in (("random", uses_random), ("clock", uses_clock)) if uses(task.query)
        }

    def found(self) -> Finding:
        """The finding: the reference first, because a query that nothing can be compared with is not run."""
        if not self._task.query.strip():
            return self._unknown("no_answer")
        right = self._right(reverse=False)
        if isinstance(right, RunError):
            reason = right.reason if right.reason == "bad_database" else f"reference_{right.reason}"
            return self._unknown(reason, right.message)
        if right.more:
            return self._unknown("reference_too_many_rows")
        if uses_random(self._task.reference or "") and not self._reference_same_again(right):
            return self._unknown("reference_nondeterministic")
        given = self._run(reverse=False)
        if isinstance(given, RunError):
            feedback = SqlFeedback(given.reason, said(given.reason, given.message))
            outcome = Outcome.UNKNOWN if given.reason in MEANS else Outcome.WRONG
            return Finding(outcome, given.reason, feedback, frozenset(self._flags))
        if not self._same_again(given):
            return self._unknown("nondeterministic")
        if given.more:
            feedback = SqlFeedback("too_many_rows", said("too_many_rows"), expected=len(right.rows))
            return Finding(Outcome.WRONG, "too_many_rows", feedback, frozenset(self._flags))
        differs = difference(right, given, self._ordered, self._options)
        return self._equal(right) if differs is None else self._differs(right, differs)

    def _equal(self, right: Result) -> Finding:
        """Right, unless the rows stored in reverse show that it was luck."""
        reason = self._luck(right)
        if reason:
            return self._unknown(reason)
        if right.rows:
            return Finding(Outcome.RIGHT, "equal", None, frozenset(self._flags))
        return Finding(*EMPTY, None, frozenset({*self._flags, "weak"}))

    def _luck(self, right: Result) -> str:
        """A reason to doubt equal results, or an empty text."""
        if not self._options.scan_check or self._names_rowid():
            return ""
        other, given = self._right(reverse=True), self._run(reverse=True)
        if isinstance(other, RunError) or isinstance(given, RunError):
            self._flags.add("unchecked_order")
            return ""
        stable = difference(right, other, self._ordered, self._options) is None
        if not stable:
            self._flags.add("ties")
        if difference(other, given, self._ordered, self._options) is None:
            return ""
        return "storage_order" if stable else "ties"

    def _differs(self, right: Result, differs: Difference) -> Finding:
        """Wrong, unless the reference's own result depends on the order of storage."""
        if differs.kind == "undecided":
            return self._unknown("undecided")
        if self._options.scan_check and differs.kind != "wrong_column_count":
            other = self._right(reverse=True)
            # where the rows themselves differ, the order of tied rows is no excuse
            ordered = self._ordered and differs.kind == "wrong_order"
            if isinstance(other, RunError):
                self._flags.add("unchecked_order")
            stable = isinstance(other, RunError) or not difference(right, other, ordered, self._options)
            if not stable:
                self._flags.add("ties")
                return self._unknown("ties")
        feedback = SqlFeedback(
            differs.kind,
            said(differs.kind, ""),
            differs.row,
            differs.column,
            shown(differs.expected),
            shown(differs.got),
        )
        return Finding(Outcome.WRONG, differs.kind, feedback, frozenset(self._flags))

    def _same_again(self, given: Result) -> bool:
        repeats = REPEATS if "random" in self._flags else 1 if "clock" in self._flags else 0
        for _ in range(repeats):
            again = self._run(reverse=False)
            if isinstance(again, RunError) or again.rows != given.rows:
                return False
        return True

    def _reference_same_again(self, right: Result) -> bool:
        self._flags.add("random")
        found = [self._right(reverse=False) for _ in range(REPEATS)]
        return all(isinstance(one, Result) and one.rows == right.rows for one in found)

    def _right(self, reverse: bool) -> Result | RunError:
        if self._task.expected is not None:
            rows = tuple(
                tuple(_plain(cell, self._task.engine) for cell in row) for row in self._task.expected
            )
            return Result(len(rows[0]) if rows else None, rows)
        reference = self._task.reference
        assert reference is not None
        fresh = uses_random(reference) or uses_clock(reference)
        return self._runner.reference(self._task.engine, self._request(reference, reverse), fresh)

    def _run(self, reverse: bool) -> Result | RunError:
        return self._runner.query(self._task.engine, self._request(self._task.query, reverse))

    def _request(self, query: str, reverse: bool) -> RunRequest:
        own, all_ = self._task.limits, self._options
        return RunRequest(
            database=self._database,
            query=query,
            deadline_s=own.deadline_s or all_.deadline_s,
            memory_bytes=own.memory_bytes or all_.memory_bytes,
            max_rows=own.max_rows or all_.max_rows,
            reverse=reverse,
        )

    def _names_rowid(self) -> bool:
        texts = self._task.query + " " + (self._task.reference or "")
        return any(word.text in _ROWID for word in words(texts))

    def _unknown(self, reason: str, message: str = "") -> Finding:
        feedback = SqlFeedback(reason, said(reason, message))
        return Finding(Outcome.UNKNOWN, reason, feedback, frozenset(self._flags))


def _ordered(task: SqlTask) -> bool:
    if task.ordered == "auto":
        return task.reference is not None and asks_for_order(task.reference)
    return bool(task.ordered)


def _plain(cell: object, engine: str) -> object:
    """A cell of a person's own rows: SQLite has no booleans, and gives 1 for true."""
    if isinstance(cell, list):
        return tuple(_plain(one, engine) for one in cell)
    if isinstance(cell, dict):  # a struct
        return tuple((name, _plain(one, engine)) for name, one in cell.items())
    return int(cell) if isinstance(cell, bool) and engine == "sqlite" else cell
