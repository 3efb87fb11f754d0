"""Queries judged per CPU-second: `python -m bench.sql [REPEATS]`.

The cases of tests/cases/sql.json, on each engine, as one worker judges them: all processes' CPU time is
counted, the start of the workers too.
"""

import json
import resource
import sys
from pathlib import Path

from filters.verify.sql.judge import SqlJudge
from filters.verify.sql.options import SqlOptions
from filters.verify.sql.task import ENGINES, SqlTask

TABLE = json.loads((Path(__file__).parents[1] / "tests" / "cases" / "sql.json").read_text(encoding="utf-8"))


def main() -> None:
    """Print the rates."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for engine in ENGINES:
        cases = [case for case in TABLE["cases"] if case.get("engine", engine) == engine]
        tasks = [
            SqlTask.from_row({**TABLE["database"], **case, "engine": engine}) for case in cases
        ] * repeats
        for check in (True, False):
            before = cpu_s()
            with SqlJudge(SqlOptions(deadline_s=30, scan_check=check)) as judge:
                judge.reports(tasks)
            spent = cpu_s() - before
            print(
                f"{engine}, scan_check={check}: {len(tasks)} queries, {len(tasks) / spent:.0f} per CPU-second"
            )


def cpu_s() -> float:
    """CPU seconds of this process and of those it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
