"""Runs many mutants of our own in one process of a sandbox, with a limit for each test.

The programs are our references and what we made of them, so a process is shared: what keeps them
apart is a namespace each and a timer that ends a test after its share of processor time. A batch whose
process ends otherwise than it should is run again one program at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Call, Finished, Job, Limits
from generators.injectors.prove_code import SECONDS, CodeTask, Outcome

_HARNESS = '''
import signal as _signal, traceback as _traceback
class _Late(BaseException):
    pass
def _late(number, frame):
    raise _Late()
_signal.signal(_signal.SIGVTALRM, _late)
def _limited(seconds, do):
    """Exceptions of `do`; the timer strikes again in case the program swallows the first."""
    try:
        _signal.setitimer(_signal.ITIMER_VIRTUAL, seconds, seconds)
        try:
            do()
        finally:
            _signal.setitimer(_signal.ITIMER_VIRTUAL, 0)
    except _Late:
        return "timeout"
    except BaseException as error:
        return error
def _outcomes(program, setup, tests, seconds):
    space = {"__name__": "program"}
    def load():
        exec(setup, space)
        exec(compile(program, "<mutant>", "exec", dont_inherit=True), space)
    failed = _limited(seconds, load)
    if failed is not None:
        return " ".join(["timeout" if failed == "timeout" else "raised"] * len(tests))
    said = []
    for test in tests:
        code = compile(test, "<test>", "exec", dont_inherit=True)
        failed = _limited(seconds, lambda: exec(code, space))
        if failed == "timeout":
            said.append("timeout")
            break
        said.append("passed" if failed is None else _kind(failed))
    return " ".join(said + ["not_run"] * (len(tests) - len(said)))
def _kind(error):
    """A wrong value shows in the test itself, as an assertion or as a type the test cannot compare."""
    files = [frame.f_code.co_filename for frame, _ in _traceback.walk_tb(error.__traceback__)]
    if "<mutant>" in files or isinstance(error, (NameError, RecursionError, MemoryError)):
        return "raised"
    return "failed_value" if isinstance(error, (AssertionError, TypeError, ValueError, AttributeError)) else "raised"
import os as _os, sys as _sys
_sys.stdout = open(_os.devnull, "w")
'''


@dataclass(frozen=True)
class BatchRunner:
    """`Outcomes` by one job for many programs."""

    sandbox: Sandbox
    limits: Limits = field(default_factory=lambda: Limits(cpu_s=60, wall_s=120))
    batch: int = 64

    def __call__(
        self, programs: Sequence[str], task: CodeTask, seconds: float = SECONDS[0]
    ) -> list[tuple[Outcome, ...]]:
        """For each program one outcome a test, in order."""
        batches = [programs[at : at + self.batch] for at in range(0, len(programs), self.batch)]
        done = self.sandbox.run_all([self._job(batch, task, seconds) for batch in batches])
        return [
            run
            for batch, end in zip(batches, done, strict=True)
            for run in self._read(batch, task, end, seconds)
        ]

    def _job(self, programs: Sequence[str], task: CodeTask, seconds: float) -> Job:
        calls = (
            Call(f"_outcomes({program!r}, {task.setup!r}, {list(task.tests)!r}, {seconds!r})")
            for program in programs
        )
        return Job(program="", setup=_HARNESS, calls=tuple(calls), limits=self.limits)

    def _read(
        self, programs: Sequence[str], task: CodeTask, end: Finished, seconds: float
    ) -> list[tuple[Outcome, ...]]:
        if end.ended == "finished" and len(end.replies) == len(programs):
            return [_outcomes(reply.value, len(task.tests)) for reply in end.replies]
        if len(programs) == 1:
            late = end.ended in ("timeout", "cpu")
            return [("timeout" if late else "raised",) * len(task.tests)]
        alone = self.sandbox.run_all([self._job([program], task, seconds) for program in programs])
        return [
            self._read([program], task, end, seconds)[0] for program, end in zip(programs, alone, strict=True)
        ]


def _outcomes(value: object, tests: int) -> tuple[Outcome, ...]:
    words = str(value).split()
    broken: Outcome = "raised"
    if len(words) != tests or not set(words) <= set(get_args(Outcome)):
        return (broken,) * tests
    return cast(tuple[Outcome, ...], tuple(words))
