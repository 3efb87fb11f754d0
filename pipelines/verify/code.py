"""`corrigenda verify code`: judges the programs of a file by the tests beside them.

    {"program": "def add(a, b): ...", "tests": ["assert add(1, 2) == 3"]}
 -> {..., "verdict": "right", "reason": "passed", "passed": [true], "feedback": [], "isolation": "namespaces",
     "strength": "strong", "flags": [], "seconds": 0.01}

A row needs `program` and `tests` (assert statements or objects with `stdin` and `stdout`); it may have
`hidden_tests`, `test_imports`, `entry_point` and `reference`. With a `reference`, `mutant_score` says
which share of its mutants the tests kill.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.options import ProgramOptions
from filters.verify.code.program_text import program_in
from filters.verify.code.quality import mutant_scores
from filters.verify.code.task import ProgramTask, task_of
from filters.verify.sandbox.job import Level
from filters.verify.sandbox.levels import open_sandbox
from pipelines.lines import Fields, work_lines
from schemas.exceptions import RecordError

Case = tuple[ProgramTask, str]

_BLANK: Fields = {
    "verdict": "unknown",
    "passed": [],
    "feedback": [],
    "isolation": None,
    "strength": "weak",
    "flags": [],
    "seconds": 0.0,
}


def verify_code(
    source: Path,
    target: Path,
    minimum: Level = "seccomp",
    options: ProgramOptions | None = None,
    *,
    slots: int | None = None,
    site_packages: bool = False,
    from_reply: bool = False,
) -> int:
    """Judge a file; the command's exit code.

    NoSandbox where nothing as safe as `minimum` works here. With `from_reply`, `program` is a model's
    reply and the program is looked for in it.
    """
    with open_sandbox(minimum, slots=slots, site_packages=site_packages) as sandbox:
        judge = ProgramJudge(sandbox, options)

        def judged(cases: list[Case]) -> Iterator[Fields]:
            reports = judge.reports(cases, _scores(judge, [task for task, _ in cases]))
            return (report.as_dict() for report in reports)

        return work_lines(source, target, lambda row: _case(row, from_reply), judged, _BLANK)


def _scores(judge: ProgramJudge, tasks: Iterable[ProgramTask]) -> dict[ProgramTask, float]:
    """How good the tests are, for tasks with a reference."""
    most = judge.options.mutants
    pairs = [(task, task.reference) for task in dict.fromkeys(tasks) if task.reference and most]
    found = zip(pairs, mutant_scores(pairs, judge, most), strict=True)
    return {task: one.score for (task, _), one in found if one.score is not None}


def _case(row: Fields, from_reply: bool) -> Case:
    program = row.get("program")
    if not isinstance(program, str):
        raise RecordError(f"'program' must be a text, got {type(program).__name__}")
    task = task_of(row)
    if from_reply:
        program = program_in(program, task.entry_point)
        if program is None:
            raise RecordError("the reply holds no program: expected a fenced block or bare code")
    return task, program
