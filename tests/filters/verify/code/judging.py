"""What the tests of judging share: one judge, and short ways to ask it."""

import atexit
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.options import ProgramOptions
from filters.verify.code.report import ProgramReport
from filters.verify.code.task import ProgramTask, StdioTest, Test
from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Job
from filters.verify.sandbox.levels import open_sandbox


@lru_cache(maxsize=1)
def _shared() -> Sandbox:
    held = open_sandbox("rlimits")
    atexit.register(held.close)
    return held


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """The strongest sandbox of this machine, started once a test process."""
    yield _shared()


def task(*tests: Test, **others: str) -> ProgramTask:
    return ProgramTask(tests=tests, **others)  # type: ignore[arg-type]


def report(program: str, *tests: Test, options: ProgramOptions | None = None, **others: str) -> ProgramReport:
    with sandbox() as held:
        return ProgramJudge(held, options).report(task(*tests, **others), program)


def stdio(*pairs: tuple[str, str]) -> list[Test]:
    return [StdioTest(stdin, stdout) for stdin, stdout in pairs]


def sent(jobs: Sequence[Job]) -> str:
    """All source that a sandbox is given with a program."""
    return "\n".join(
        part for job in jobs for part in (job.setup, *(c.source for c in job.calls), job.stdin or "")
    )
