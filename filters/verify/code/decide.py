"""Decides one test from what the program's process said, in the process that never ran the program."""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from filters.verify.code.feedback import UNKNOWN_KINDS, Feedback, FeedbackKind
from filters.verify.code.must_raise import raised_one_of
from filters.verify.code.options import ProgramOptions
from filters.verify.code.outside import NeedsPython, evaluate
from filters.verify.code.prepare import PreparedTest
from filters.verify.code.scope import free_names
from filters.verify.code.script import Check, MustRaise, MustRun, Script
from filters.verify.code.stdio import same_output
from filters.verify.code.values import Unplain, Value, decode, equal, shown
from filters.verify.sandbox.job import Finished, Raised, Reply

_RUNNER = re.compile(r"name '(pytest|unittest|np|numpy|pd|self)' is not defined")

AskOutside = Callable[[ast.expr, dict[str, Value], PreparedTest], bool]
"""Decides a condition in a sandbox without the program; `Unplain` where that cannot be."""

ENDINGS: dict[str, FeedbackKind] = {
    "cpu": "timeout", "timeout": "wall_timeout", "memory": "memory", "output": "output_limit",
    "exited": "exited", "killed": "killed", "crashed": "crashed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """What one test came to. `passed` None: undecided, or not reached (without feedback)."""

    passed: bool | None
    feedback: Feedback | None = None
    weak: str = ""


PASSED, NOT_REACHED = Result(True), Result(None)


class _Cut(Exception):
    """The process ended before call N was answered."""


class _Changed(Exception):
    """The program changed an input that the expected side is worked out from."""


_CHANGED = "It changed an input that the expected value is worked out from."


class _CallRaised(Exception):
    def __init__(self, number: int, raised: Raised) -> None:
        self.number, self.raised = number, raised


def before_tests(finished: Finished) -> Feedback | None:
    """Why no test could be asked, where setup or program did not come through."""
    if finished.raised is None:
        if finished.ended != "finished" and finished.stage != "calls":
            kind = ENDINGS.get(finished.ended, "crashed")
            return Feedback("bad_tests" if finished.stage == "setup" and kind != "crashed" else kind, -1)
        return None
    raised = finished.raised
    kind = kind_of(raised)
    if finished.stage == "setup":
        kind = "missing_module" if kind == "missing_module" else "bad_tests"
    elif raised.kind in ("SyntaxError", "IndentationError", "TabError"):
        kind = "compile_error"
    return _of_exception(kind, -1, raised)


def kind_of(raised: Raised) -> FeedbackKind:
    """The kind of feedback for an exception."""
    if raised.kind == "MemoryError":
        return "memory"
    if raised.kind == "ModuleNotFoundError":
        return "missing_module"
    if raised.kind == "NameError" and raised.line is None and _RUNNER.search(raised.message):
        return "bad_tests"  # a test that needs its runner, in a form that was not taken apart
    if raised.kind == "OSError" and "[Errno 27]" in raised.message:  # EFBIG: the limit on what is written
        return "output_limit"
    return "exception"


def _of_exception(
    kind: FeedbackKind, test: int, raised: Raised, call: str = "", expected: str = ""
) -> Feedback:
    return Feedback(
        kind, test, call, exception=raised.kind, message=raised.message, line=raised.line, source=raised.source,
        expected=expected,
    )  # fmt: skip


class Decider:
    """Decides the tests of one program under one set of options."""

    def __init__(self, options: ProgramOptions, ask: AskOutside, bases: dict[str, tuple[str, ...]]) -> None:
        self._options, self._ask, self._bases = options, ask, bases

    def printed(self, test: PreparedTest, number: int, finished: Finished) -> Result:
        """A test of standard input and output, run in a process of its own."""
        assert test.stdio is not None
        early = before_tests(finished)
        if early is not None:
            return _failed(replace(early, test=number, call=_short(test.stdio.stdin)))
        if finished.ended != "finished":
            return _failed(Feedback(ENDINGS[finished.ended], number, _short(test.stdio.stdin)))
        if same_output(finished.stdout, test.stdio.stdout, self._options):
            return PASSED
        return _failed(
            Feedback(
                "wrong_output",
                number,
                _short(test.stdio.stdin),
                shown(finished.stdout),
                shown(test.stdio.stdout),
            )
        )

    def answered(self, test: PreparedTest, number: int, replies: Sequence[Reply], ended: str) -> Result:
        """A test taken apart; `replies` are its own, fewer than its calls where the process ended."""
        assert test.script is not None
        if test.script.unusable:
            return Result(None, Feedback("bad_tests", number, message=test.script.unusable))
        try:
            return _Answers(self, test, test.script, number, replies).decide()
        except _Cut:
            return _cut(test.script, number, len(replies), ended)

    def holds(self, condition: ast.expr, values: Callable[[str], Value], test: PreparedTest) -> bool:
        """Whether a condition holds: decided here, else by a sandbox without the program."""
        try:
            return bool(evaluate(condition, values, test.modules, self._equal))
        except NeedsPython:
            names = sorted(
                n for n in free_names(condition) if n.startswith(("_value_", "_message_", "_expected_"))
            )
            return self._ask(condition, {name: values(name) for name in names}, test)

    def _equal(self, a: Value, b: Value) -> bool:
        return equal(a, b, strict_types=self._options.strict_types, tolerance=self._options.tolerance)

    def raises(self, raised: Raised, wanted: Sequence[str]) -> bool:
        """Whether an exception is one of the wanted; `Unplain` where it only has the name."""
        return raised_one_of(raised, wanted, self._bases)


def _cut(script: Script, number: int, reached: int, ended: str) -> Result:
    call = script.calls[reached].source if reached < len(script.calls) else ""
    return _failed(Feedback(ENDINGS.get(ended, "exited"), number, call if not script.weak else ""))


def _failed(feedback: Feedback) -> Result:
    return Result(None if feedback.kind in UNKNOWN_KINDS else False, feedback)


class _Answers:
    """The replies to one test's calls."""

    def __init__(
        self, decider: Decider, test: PreparedTest, script: Script, number: int, replies: Sequence[Reply]
    ) -> None:
        self._decider, self._test, self._script = decider, test, script
        self._number, self._replies = number, replies

    def decide(self) -> Result:
        for check in self._script.checks:
            try:
                failed = self._one(check)
            except _CallRaised as error:
                failed = self._raised(error.number, error.raised)
            except Unplain as error:
                feedback = Feedback("unplain", self._number, message=f"An object of {error} was returned.")
                return Result(None, feedback)
            except _Changed:
                return Result(None, Feedback("changed_input", self._number, message=_CHANGED))
            if failed is not None:
                return _failed(replace(failed, steps=self._steps(check)))
        return Result(True, weak=self._script.weak)

    def _one(self, check: Check | MustRun | MustRaise) -> Feedback | None:
        if isinstance(check, MustRaise):
            return self._must_raise(check)
        if isinstance(check, MustRun):
            raised = self._reply(check.call).raised
            return None if raised is None else self._raised(check.call, raised)
        for unchanged in check.unchanged:
            if not self._decider.holds(unchanged, self._value, self._test):
                raise _Changed
        note = ""
        try:
            if self._decider.holds(check.condition, self._value, self._test):
                return None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
            note = f"{type(error).__name__}: {error}"
        return self._wrong(check, note)

    def _must_raise(self, check: MustRaise) -> Feedback | None:
        call = self._script.calls[check.call].source
        raised = self._reply(check.call).raised
        wanted = " or ".join(check.kinds)
        if raised is None:
            return Feedback("no_exception", self._number, call, expected=wanted)
        if not self._decider.raises(raised, check.kinds):
            return _of_exception(kind_of(raised), self._number, raised, call, expected=wanted)
        for condition in check.conditions:
            if not self._decider.holds(condition, lambda name: _message(name, raised), self._test):
                return _of_exception("exception", self._number, raised, call, expected="another message")
        return None

    def _raised(self, number: int, raised: Raised) -> Feedback:
        call = self._script.calls[number].source
        if self._script.weak:
            text = call if len(call) <= 500 else f"{call[:499]}…"
            if raised.kind == "AssertionError":
                return Feedback("assertion", self._number, text, message=raised.message)
            return _of_exception(kind_of(raised), self._number, raised, text)
        return _of_exception(kind_of(raised), self._number, raised, call)

    def _reply(self, number: int) -> Reply:
        if number >= len(self._replies):
            raise _Cut
        return self._replies[number]

    def _value(self, name: str) -> Value:
        kind, _, number = name.rpartition("_")
        if kind == "_expected":
            return self._test.expected[int(number)]
        if kind != "_value":
            raise KeyError(name)
        reply = self._reply(int(number))
        if reply.raised is not None:
            raise _CallRaised(int(number), reply.raised)
        return decode(reply.value)

    def _wrong(self, check: Check, note: str) -> Feedback:
        call, got, expected = self._parts(check)
        return Feedback("wrong_value", self._number, call, got, expected, message=note)

    def _parts(self, check: Check) -> tuple[str, str, str]:
        """Call, value and expectation of a failed condition."""
        match check.condition:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                if isinstance(op, ast.Eq) and self._own(left) and not self._own(right):
                    left, right = right, left
                if isinstance(left, ast.Name) and self._own(right):
                    call = self._script.calls[int(left.id.rpartition("_")[2])].source
                    wanted = self._shown(right)
                    sign = "" if isinstance(op, ast.Eq) else f"{_SIGNS[type(op)]} "
                    return call, shown(self._value(left.id)), sign + wanted
            case ast.Name(id=name):
                return (
                    self._script.calls[int(name.rpartition("_")[2])].source,
                    shown(self._value(name)),
                    "a true value",
                )
        numbers = sorted(
            {int(n.rpartition("_")[2]) for n in free_names(check.condition) if n.startswith("_value_")}
        )
        calls = [self._script.calls[number].source for number in numbers]
        reached = [n for n in numbers if n < len(self._replies) and self._replies[n].raised is None]
        got = ", ".join(shown(decode(self._replies[n].value)) for n in reached)
        return ", ".join(calls), got, check.text.removeprefix("assert ")

    def _own(self, node: ast.expr) -> bool:
        return not any(name.startswith("_value_") for name in free_names(node))

    def _shown(self, node: ast.expr) -> str:
        try:
            return shown(evaluate(node, self._value, self._test.modules))
        except Exception:
            return ast.unparse(node)

    def _steps(self, check: Check | MustRun | MustRaise) -> tuple[tuple[int, dict[str, str]], ...]:
        if isinstance(check, Check):
            numbers = sorted(int(n[7:]) for n in free_names(check.condition) if n.startswith("_value_"))
        else:
            numbers = [check.call]
        for number in numbers:
            if number < len(self._replies) and self._replies[number].steps:
                return self._replies[number].steps
        return ()


_SIGNS: dict[type[ast.cmpop], str] = {
    ast.NotEq: "other than", ast.Lt: "less than", ast.LtE: "at most", ast.Gt: "more than", ast.GtE: "at least",
    ast.Is: "exactly", ast.IsNot: "other than", ast.In: "one of", ast.NotIn: "none of",
}  # fmt: skip


def _message(name: str, raised: Raised) -> Value:
    if not name.startswith("_message_"):
        raise KeyError(name)
    return raised.message


def _short(text: str) -> str:
    return shown(text)
