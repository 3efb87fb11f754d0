"""A task made ready for judging: tests taken apart, expected values computed once, never near a program."""

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from filters.verify.code.asserts import substituted
from filters.verify.code.frameworks import PRELUDE
from filters.verify.code.outside import NeedsPython, evaluate
from filters.verify.code.scope import BUILTINS, defined_names, free_names, imported_modules, stored_names
from filters.verify.code.script import GIVEN, Check, MustRaise, MustRun, Script
from filters.verify.code.scripts import make_script, whole_script
from filters.verify.code.task import ProgramTask, StdioTest
from filters.verify.code.values import Opaque, Unplain, Value, decode, opaque_in, source_of
from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import Call, Job, Limits

EXPECTED = "_expected_{}"
_USUAL = {
    name: f"import {name}"
    for name in (
        "math", "cmath", "re", "collections", "itertools", "functools", "operator", "random", "json", "copy",
        "statistics", "datetime", "decimal", "fractions", "numpy",
    )
} | {"np": "import numpy as np"}  # fmt: skip
OUTSIDE = PRELUDE + "_contains_ = lambda item, container, said: item in container\n"


@dataclass(frozen=True, slots=True)
class PreparedTest:
    """One test ready to be asked: a script or a standard input, and what is expected of it."""

    script: Script | None
    stdio: StdioTest | None
    text: str
    setup: str = ""
    modules: frozenset[str] = frozenset()
    expected: tuple[Value, ...] = ()
    """Values of `_expected_N` in the script's conditions."""

    @property
    def calls(self) -> int:
        """How many calls it makes."""
        return len(self.script.calls) if self.script else 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A task with its tests taken apart."""

    task: ProgramTask
    tests: tuple[PreparedTest, ...]
    literals: tuple[str, ...]
    """Expected values as source, for the flag `expected_literals`."""


def prepare(task: ProgramTask, sandbox: Sandbox, limits: Limits) -> Prepared:
    """Take the tests apart; what the expected values need of Python runs in a sandbox without any program."""
    setup_body = ast.parse(task.setup).body
    library = frozenset(stored_names(*(s for s in setup_body if not _uses_program(s, task))))
    modules = frozenset(imported_modules(setup_body))
    tests = [_prepared(test, task, library, modules) for test in task.all_tests]
    tests = [_with_given(test, task, sandbox, limits) for test in tests]
    folded = [_folded(test, sandbox, limits) for test in tests]
    literals = [text for test in folded for text in _literals(test)]
    return Prepared(task, tuple(folded), tuple(dict.fromkeys(literals)))


def _uses_program(statement: ast.stmt, task: ProgramTask) -> bool:
    """Whether a helper of the setup calls what only the program defines."""
    unknown = free_names(statement) - BUILTINS - defined_names(task.setup)
    return bool(unknown) and not isinstance(statement, ast.Import | ast.ImportFrom)


def _prepared(
    test: str | StdioTest, task: ProgramTask, library: frozenset[str], modules: frozenset[str]
) -> PreparedTest:
    if isinstance(test, StdioTest):
        return PreparedTest(None, test, f"input {test.stdin!r}")
    forgotten = _forgotten_imports(test, library)
    known = library | forgotten.keys()
    script = make_script(test, task.entry_point, known, _subject(test, task, known))
    setup = "\n".join(part for part in (task.setup, *forgotten.values(), script.setup) if part)
    imported = imported_modules(ast.parse("\n".join([*forgotten.values(), script.setup])).body)
    return PreparedTest(script, None, test, setup, modules | imported)


def _forgotten_imports(test: str, library: frozenset[str]) -> dict[str, str]:
    """The usual modules that a test uses and nobody imports, with their imports, for the outside alone.

    Otherwise `math.isclose(f(2), 4.0)` would be a call of the program's `math`, with what is expected in
    it. Inside nothing is imported: a program that forgot its own import must not be helped.
    """
    tree = ast.parse(test)
    bases = {
        n.value.id for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }
    return {name: _USUAL[name] for name in sorted((bases & _USUAL.keys()) - library - stored_names(tree))}


def _subject(test: str, task: ProgramTask, library: frozenset[str]) -> frozenset[str]:
    """Builtins that this test means the program's own by: MBPP 126 tests a function called `sum`."""
    if task.entry_point:
        return frozenset({re.split(r"\W", task.entry_point)[0]})
    tree = ast.parse(test)
    if free_names(tree) - BUILTINS - library - stored_names(tree):
        return frozenset()
    called = [n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    return frozenset(called[:1])


class _Fold(ast.NodeTransformer):
    """Replaces what hangs on nothing the program says by `_expected_N`."""

    def __init__(self, test: PreparedTest, values: list[Value], ask: Sequence[Value] | None) -> None:
        self._test, self.values, self._answers = test, values, ask
        self.asked: list[ast.expr] = []

    def visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.expr) or isinstance(node, ast.Constant | ast.Name | ast.Attribute):
            if isinstance(node, ast.Attribute) and not _said(node):
                return self._fold(node)
            return node if isinstance(node, ast.expr) else self.generic_visit(node)
        if not _said(node):
            return self._fold(node)
        if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp | ast.Lambda):
            return node
        if isinstance(node, ast.Call):
            node.args = [self.visit(a) for a in node.args]  # type: ignore[misc]
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value)  # type: ignore[assignment]
            if isinstance(node.func, ast.Attribute) and _said(node.func):
                node.func = self.visit(node.func)  # type: ignore[assignment]
            return node
        return self.generic_visit(node)

    def _fold(self, node: ast.expr) -> ast.expr:
        try:
            return self._named(evaluate(node, _no_name, self._test.modules), node)
        except NeedsPython:
            if self._answers is None:
                self.asked.append(node)
                return node
            value = self._answers[len(self.asked)]
            self.asked.append(node)
            return self._named(value, node)
        except (Unplain, TypeError, ValueError, ArithmeticError, LookupError, RecursionError):
            return node

    def _named(self, value: Value, node: ast.expr) -> ast.expr:
        if isinstance(value, type) or opaque_in(value):
            return node
        self.values.append(value)
        return ast.Name(EXPECTED.format(len(self.values) - 1), ast.Load())


def _said(node: ast.AST) -> bool:
    return any(name.startswith(("_value_", "_message_")) for name in free_names(node))


def _no_name(name: str) -> Value:
    raise KeyError(name)


def _with_given(test: PreparedTest, task: ProgramTask, sandbox: Sandbox, limits: Limits) -> PreparedTest:
    """The test with its `_given_N` worked out; weak where one has no plain form."""
    if test.script is None or not test.script.given:
        return test
    values = _answers(test.script.given, test, sandbox, limits)
    if any(opaque_in(value) for value in values):
        why = "what is computed of the test's data has no plain form"
        return replace(test, script=whole_script(test.text, task.entry_point, why))
    sources = {GIVEN.format(n): ast.parse(source_of(v), mode="eval").body for n, v in enumerate(values)}
    calls = tuple(replace(call, source=_filled(call, sources)) for call in test.script.calls)
    checks = tuple(_substituted(check, sources) for check in test.script.checks)
    return replace(test, script=replace(test.script, calls=calls, checks=checks, given=()))


def _filled(call: Call, sources: dict[str, ast.expr]) -> str:
    return (
        ast.unparse(substituted(ast.parse(call.source), sources)) if "_given_" in call.source else call.source
    )


def _substituted(
    check: Check | MustRun | MustRaise, sources: dict[str, ast.expr]
) -> Check | MustRun | MustRaise:
    if not isinstance(check, Check):
        return check
    unchanged = tuple(substituted(condition, sources) for condition in check.unchanged)
    return replace(check, condition=substituted(check.condition, sources), unchanged=unchanged)


def _folded(test: PreparedTest, sandbox: Sandbox, limits: Limits) -> PreparedTest:
    if test.script is None or test.script.weak:
        return test
    conditions = [c for check in test.script.checks for c in _conditions(check)]
    first = _Fold(test, [], None)
    for condition in conditions:
        first.visit(_root(condition))
    answers = _answers(first.asked, test, sandbox, limits) if first.asked else []
    second = _Fold(test, [], answers)
    checks = tuple(_with_conditions(check, second) for check in test.script.checks)
    return replace(test, script=replace(test.script, checks=checks), expected=tuple(second.values))


def _root(condition: ast.expr) -> ast.AST:
    return ast.Expression(copy.deepcopy(condition))


def _conditions(check: Check | MustRun | MustRaise) -> tuple[ast.expr, ...]:
    if isinstance(check, Check):
        return (check.condition, *check.unchanged)
    return check.conditions if isinstance(check, MustRaise) else ()


def _with_conditions(check: Check | MustRun | MustRaise, fold: _Fold) -> Check | MustRun | MustRaise:
    made = [fold.visit(_root(c)).body for c in _conditions(check)]  # type: ignore[attr-defined]
    if isinstance(check, Check):
        return replace(check, condition=made[0], unchanged=tuple(made[1:]))
    return replace(check, conditions=tuple(made)) if isinstance(check, MustRaise) else check


def _answers(asked: Sequence[ast.expr], test: PreparedTest, sandbox: Sandbox, limits: Limits) -> list[Value]:
    """What the expected expressions come to; an `Opaque` where they cannot be had (they stay expressions)."""
    calls = tuple(Call(ast.unparse(ast.fix_missing_locations(node))) for node in asked)
    finished = sandbox.run(Job("", calls, test.setup, limits=limits))
    found = [Opaque("error", "") if r.raised else decode(r.value) for r in finished.replies]
    return found + [Opaque("error", "")] * (len(asked) - len(found))


def outside_job(condition: ast.expr, values: dict[str, Value], test: PreparedTest, limits: Limits) -> Job:
    """A job without any program that decides one condition; `Unplain` where a value has no source."""
    given = "\n".join(f"{name} = {source_of(value)}" for name, value in values.items())
    truth = ast.Call(ast.Name("bool", ast.Load()), [condition], [])
    calls = (Call(OUTSIDE + given, "exec"), Call(ast.unparse(ast.fix_missing_locations(truth))))
    return Job("", calls, test.setup, limits=limits)


def _literals(test: PreparedTest) -> list[str]:
    if test.stdio is not None:
        return [repr(test.stdio.stdout.strip())]
    return [repr(value) for value in test.expected if not isinstance(value, bool | range)]
