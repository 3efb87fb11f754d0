"""The judge of SQL queries: run the query and the reference on the same rows, compare what they give.

    with SqlJudge() as judge:
        judge.report(SqlTask(query="SELECT …", reference="SELECT …", databases=(Database(("CREATE …",)),)))

Right: `equal`, `equal_empty`. Wrong, because the query does not run: `syntax_error`, `unknown_table`,
`unknown_column`, `unknown_function`, `ambiguous_column`, `several_statements`, `not_a_query`, `forbidden`
(it asks for what a read-only database refuses), `sql_error`. Wrong, because the result differs: the kinds of
`compare.Difference` and `too_many_rows`. Everything else is unknown: `no_answer`, `timeout`, `memory`, `crashed`,
`result_too_large`, `unsupported`, `engine_error`, `undecided`, `nondeterministic` (runs of the query
differ), `storage_order` (right only by the order in which rows happen to be stored), `ties` (the reference's
own result depends on that order), `bad_database`, and `reference_…` where the reference does not run.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from filters.verify.closing import Closing
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.report import SqlReport, at_database, shown
from filters.verify.sql.runner import ISOLATION, Runner
from filters.verify.sql.task import SqlTask
from filters.verify.sql.trial import EMPTY, Finding, Trial
from schemas.verdict import Outcome, Verdict

METHOD = "execution"

MAX_EVIDENCE = 200
"""Characters of the query that a verdict keeps."""


class SqlJudge(Closing):
    """Judges queries under one set of options; safe to use from any thread."""

    def __init__(self, options: SqlOptions | None = None) -> None:
        self.options = options or SqlOptions()
        self._runner = Runner(self.options)

    def report(self, task: SqlTask) -> SqlReport:
        """The report on one query; ConfigError where its engine is not installed."""
        began = time.monotonic()
        found = self._on_all(task)
        evidence = str(shown(task.query[:MAX_EVIDENCE]))
        verdict = Verdict(found.outcome, found.reason, METHOD, evidence)
        seconds = time.monotonic() - began
        return SqlReport(verdict, found.feedback, ISOLATION[task.engine], tuple(sorted(found.flags)), seconds)

    def reports(self, tasks: Sequence[SqlTask]) -> list[SqlReport]:
        """Reports on many queries, in order; all workers are used."""
        if self.options.workers == 1:
            return [self.report(task) for task in tasks]
        with ThreadPoolExecutor(self.options.workers) as threads:
            return list(threads.map(self.report, tasks))

    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        return self._runner.pids()

    def close(self) -> None:
        """End the workers."""
        self._runner.close()

    def _on_all(self, task: SqlTask) -> Finding:
        """Wrong on one database is wrong; right must be right on each, and not weak on all."""
        found = []
        for place, database in enumerate(task.databases):
            one = Trial(task, self.options, self._runner, database.text()).found()
            if one.feedback is not None:
                one = Finding(one.outcome, one.reason, at_database(one.feedback, place), one.flags)
            if one.outcome is Outcome.WRONG:
                return one
            found.append(one)
        unknown = [one for one in found if one.outcome is Outcome.UNKNOWN]
        if unknown:
            return unknown[0]
        full = [one for one in found if one.reason == "equal"]
        flags = frozenset().union(*(one.flags for one in found))
        return (
            Finding(Outcome.RIGHT, "equal", None, flags - {"weak"}) if full else Finding(*EMPTY, None, flags)
        )
