"""The judge of programs: tests are taken apart, the program is asked, its answers are compared outside.

    with PlainSandbox() as sandbox:
        judge = ProgramJudge(sandbox)
        report = judge.report(ProgramTask(tests=("assert add(2, 3) == 5",)), "def add(a, b): return a - b")
        print(report.verdict.reason, report.text())
        # failed_test Test 1: add(2, 3) returned -1. Expected 5.

Right: every test passed, by checks that the program cannot reach. Wrong, with the reason:
`failed_test`, `exception`, `no_exception`, `compile_error`, `timeout` (processor time), `memory`,
`output_limit`, `exited`, `killed`. Unknown: `weak_tests`, `wall_timeout` (may be the machine's fault),
`flaky`, `unplain`, `changed_input`, `bad_tests`, `missing_module`, `tampering` (by option), `crashed`.
"""

import ast
import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from filters.verify.code.decide import NOT_REACHED, Decider, Result, before_tests
from filters.verify.code.feedback import UNKNOWN_KINDS, Feedback
from filters.verify.code.must_raise import class_bases
from filters.verify.code.options import ProgramOptions
from filters.verify.code.prepare import Prepared, PreparedTest, outside_job, prepare
from filters.verify.code.program_tree import program_tree
from filters.verify.code.relocate import relocated
from filters.verify.code.report import ProgramReport, reason_of
from filters.verify.code.script import compares_two
from filters.verify.code.scripts import UNGROUNDED, whole_script
from filters.verify.code.tamper import tamper_flags
from filters.verify.code.task import ProgramTask
from filters.verify.code.values import Unplain, Value
from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Finished, Job, Limits
from schemas.verdict import Outcome, Verdict

METHOD = "tests"
MAX_PREPARED = 5_000
"""Tasks whose tests are remembered taken apart."""

LEAST_S = 1.0
"""No time limit from a reference is below this."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One job of a program and the numbers of the tests it answers."""

    job: Job
    tests: tuple[int, ...]


class ProgramJudge:
    """Judges programs in a sandbox under one set of options; safe to use from any thread."""

    def __init__(self, sandbox: Sandbox, options: ProgramOptions | None = None) -> None:
        self.sandbox, self.options = sandbox, options or ProgramOptions()
        self._prepared: dict[ProgramTask, tuple[Prepared, Limits]] = {}
        self._lock = threading.Lock()

    def report(self, task: ProgramTask, program: str, mutant_score: float | None = None) -> ProgramReport:
        """Judge one program. `mutant_score`: as measured by `quality`, where it was."""
        return self.reports([(task, program)], {} if mutant_score is None else {task: mutant_score})[0]

    def reports(
        self,
        pairs: Iterable[tuple[ProgramTask, str]],
        mutant_scores: Mapping[ProgramTask, float] | None = None,
    ) -> list[ProgramReport]:
        """Judge many, in order, in all slots of the sandbox; programs that are the same tree run once.

        All are held in memory: hand over some hundreds at a time.
        """
        asked = list(pairs)
        keys = [(task, tree_hash(program)) for task, program in asked]
        first: dict[tuple[ProgramTask, str], int] = {}
        for number, key in enumerate(keys):
            first.setdefault(key, number)
        alone = list(first.values())
        found = dict(zip(alone, self._judged([asked[n] for n in alone], mutant_scores or {}), strict=True))
        return [
            relocated(found[first[key]], asked[first[key]][1], asked[number][1])
            for number, key in enumerate(keys)
        ]

    def prepared(self, task: ProgramTask) -> Prepared:
        """The task with its tests taken apart, remembered."""
        return self._ready(task)[0]

    def jobs(self, task: ProgramTask, program: str) -> list[Job]:
        """Every job that judging the program asks at first; none holds what is expected, but for weak tests."""
        prepared, limits = self._ready(task)
        return [asked.job for asked in self._asked(prepared, program, limits)]

    def _ready(self, task: ProgramTask) -> tuple[Prepared, Limits]:
        with self._lock:
            known = self._prepared.get(task)
        if known is None:
            prepared = prepare(task, self.sandbox, self.options.limits())
            known = prepared, self._limits(prepared)
            with self._lock:
                if len(self._prepared) >= MAX_PREPARED:
                    self._prepared.clear()
                self._prepared[task] = known
        return known

    def _limits(self, prepared: Prepared) -> Limits:
        """The options' limits, narrowed by what the reference takes."""
        limits = self.options.limits()
        if not prepared.task.reference:
            return limits
        took = [
            self.sandbox.run(a.job).wall_s for a in self._asked(prepared, prepared.task.reference, limits)
        ]
        most = max(LEAST_S, self.options.reference_factor * max(took))
        return replace(limits, cpu_s=min(limits.cpu_s, most), wall_s=min(limits.wall_s, most + 2 * LEAST_S))

    def _judged(
        self, pairs: Sequence[tuple[ProgramTask, str]], mutant_scores: Mapping[ProgramTask, float]
    ) -> list[ProgramReport]:
        trials = [_Trial(self, *self._ready(task), program) for task, program in pairs]
        rounds = [self._round(trials) for _ in range(self.options.runs)]
        reports = []
        for number, trial in enumerate(trials):
            runs = [one[number] for one in rounds]
            reports.append(trial.report(runs, mutant_scores.get(trial.prepared.task)))
        return reports

    def _round(self, trials: Sequence["_Trial"]) -> list["_Run"]:
        """Every trial once, all jobs at once."""
        asked = [self._asked(trial.prepared, trial.program, trial.limits) for trial in trials]
        # all of them first: deciding may ask the sandbox again
        finished = iter(list(self.sandbox.run_all([one.job for jobs in asked for one in jobs])))
        return [
            trial.run([(one, next(finished)) for one in jobs])
            for trial, jobs in zip(trials, asked, strict=True)
        ]

    def _asked(self, prepared: Prepared, program: str, limits: Limits) -> list[_Asked]:
        """The jobs of a program: one for each standard input, one for all scripts together."""
        made: list[_Asked] = []
        together: list[int] = []
        for number, test in enumerate(prepared.tests):
            if test.stdio is not None:
                made.append(_Asked(Job(program, stdin=test.stdio.stdin, limits=limits), (number,)))
            elif self.options.alone:
                made.append(self._scripts_job(prepared, program, limits, [number]))
            else:
                together.append(number)
        return [*made, self._scripts_job(prepared, program, limits, together)] if together else made

    def _scripts_job(self, prepared: Prepared, program: str, limits: Limits, tests: Sequence[int]) -> _Asked:
        scripts = [s for n in tests if (s := prepared.tests[n].script) is not None]
        calls = tuple(call for script in scripts for call in script.calls)
        trace = tuple(n for n, call in enumerate(calls) if call.mode == "eval") if self.options.trace else ()
        return _Asked(Job(program, calls, prepared.task.setup, limits=limits, trace=trace), tuple(tests))


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of all tests of a program."""

    results: tuple[Result, ...]
    early: Feedback | None
    finished: tuple[Finished, ...]


class _Trial:
    """One program before its judge."""

    def __init__(self, judge: ProgramJudge, prepared: Prepared, limits: Limits, program: str) -> None:
        self.prepared, self.limits, self.program = prepared, limits, program
        self._judge, self._options = judge, judge.options
        self._decider = Decider(judge.options, self._ask, class_bases(program))

    def run(self, answers: Sequence[tuple[_Asked, Finished]]) -> _Run:
        """Decide all tests from what came back."""
        results: dict[int, Result] = {}
        early: Feedback | None = None
        for asked, finished in answers:
            stopped = before_tests(finished)
            early = early or stopped
            results |= self._results(asked, finished, stopped)
        for number, result in results.items():
            if result.feedback is not None and result.feedback.kind == "unplain":
                results[number] = self._inside(number, result)
        ordered = tuple(results[number] for number in range(len(self.prepared.tests)))
        return _Run(ordered, early, tuple(finished for _, finished in answers))

    def _results(self, asked: _Asked, finished: Finished, stopped: Feedback | None) -> dict[int, Result]:
        made: dict[int, Result] = {}
        start, cut = 0, stopped is not None
        for number in asked.tests:
            test = self.prepared.tests[number]
            if test.stdio is not None:
                made[number] = self._decider.printed(test, number, finished)
                continue
            if cut:
                made[number] = NOT_REACHED
                continue
            replies = finished.replies[start : start + test.calls]
            made[number] = self._decider.answered(test, number, replies, finished.ended)
            start += test.calls
            cut = len(replies) < test.calls  # one that makes no calls is never cut
        return made

    def _inside(self, number: int, result: Result) -> Result:
        """A test that met an object without a plain form, run whole inside.

        Where it fails, the program is wrong. Where it passes, that is a weak pass if the test itself sets
        objects of the program against each other, and otherwise nothing: an object may equal anything.
        """
        test = self.prepared.tests[number]
        if test.script is None or test.script.weak not in ("", UNGROUNDED):
            return result
        why = result.feedback.message if result.feedback else ""
        script = whole_script(test.text, self.prepared.task.entry_point, why)
        job = Job(self.program, script.calls, self.prepared.task.setup, limits=self.limits)
        finished = self._judge.sandbox.run(job)
        if before_tests(finished) is not None:
            return result
        inside = self._decider.answered(
            replace(test, script=script), number, finished.replies, finished.ended
        )
        return inside if inside.passed is False or compares_two(test.script) else result

    def _ask(self, condition: ast.expr, values: dict[str, Value], test: PreparedTest) -> bool:
        finished = self._judge.sandbox.run(outside_job(condition, values, test, self._options.limits()))
        if (
            finished.ended != "finished"
            or finished.raised is not None
            or finished.replies[0].raised is not None
        ):
            raise Unplain("a kind that the tests' own code cannot take")
        reply = finished.replies[1]
        if reply.raised is not None and reply.raised.kind == "NameError":
            raise Unplain("a name that the tests do not define")
        return reply.raised is None and reply.value is True

    def report(self, runs: Sequence[_Run], mutant_score: float | None) -> ProgramReport:
        """One report of all runs."""
        first = runs[0]
        passed = tuple(result.passed for result in first.results)
        same = all(tuple(r.passed for r in run.results) == passed for run in runs)
        flags = tamper_flags(self.program, self.prepared.literals)
        weak = self._weak(first)
        if mutant_score is not None and mutant_score < self._options.min_mutant_score:
            weak = weak or f"the tests kill {mutant_score:.0%} of the reference's mutants"
        verdict = self._verdict(first, passed, weak)
        if not same:
            verdict = Verdict(Outcome.UNKNOWN, "flaky", METHOD)
        elif flags and self._options.exclude_tampering:
            verdict = Verdict(Outcome.UNKNOWN, "tampering", METHOD, ", ".join(flags))
        finished = [f for run in runs for f in run.finished]
        return ProgramReport(
            verdict, passed, self._feedback(first), finished[0].isolation, flags,
            "weak" if weak else "strong", weak,
            wall_s=sum(f.wall_s for f in finished), cpu_s=sum(f.cpu_s for f in finished), mutant_score=mutant_score,
        )  # fmt: skip

    def _weak(self, run: _Run) -> str:
        """Why the tests are weak; one that sets nothing against the program's answers is made up for by others."""
        said = [result.weak for result in run.results]
        if any(one == "" for one in said):
            said = [one for one in said if one != UNGROUNDED]
        return next((one for one in said if one), "")

    def _verdict(self, run: _Run, passed: Sequence[bool | None], weak: str) -> Verdict:
        if run.early is not None and not any(result.feedback for result in run.results):
            outcome = Outcome.UNKNOWN if run.early.kind in UNKNOWN_KINDS else Outcome.WRONG
            return Verdict(outcome, reason_of(run.early), METHOD)
        for wanted, outcome in ((False, Outcome.WRONG), (None, Outcome.UNKNOWN)):
            for result in run.results:
                if result.passed is wanted and result.feedback is not None:
                    return Verdict(outcome, reason_of(result.feedback), METHOD)
        if not all(passed):
            return Verdict(Outcome.UNKNOWN, "not_reached", METHOD)
        if weak:
            allowed = self._options.allow_weak
            return Verdict(
                Outcome.RIGHT if allowed else Outcome.UNKNOWN,
                "weak" if allowed else "weak_tests",
                METHOD,
                weak,
            )
        return Verdict(Outcome.RIGHT, "passed", METHOD)

    def _feedback(self, run: _Run) -> tuple[Feedback, ...]:
        said = [result.feedback for result in run.results if result.feedback is not None]
        if run.early is not None and not said:
            return (run.early,)
        visible = len(self.prepared.task.tests)
        hide = not self._options.show_hidden
        return tuple(one.hide() if hide and one.test >= visible else one for one in said)


def tree_hash(program: str) -> str:
    """A hash of the program's tree: comments, blank lines and layout do not matter."""
    tree = program_tree(program)
    text = program if tree is None else ast.dump(tree)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
