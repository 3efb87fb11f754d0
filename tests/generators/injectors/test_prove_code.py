"""The proof of mutants by tests, on programs that each are refused for one reason or accepted."""

import random
from collections.abc import Iterator

import pytest

from filters.verify.sandbox.plain import PlainSandbox
from generators.injectors.base import Subject
from generators.injectors.prove_code import CodeTask, prove
from generators.injectors.python_ast import PythonAst
from generators.injectors.run_mutants import BatchRunner
from schemas.injection import Edit, Injection
from schemas.problem import Problem
from tests.shared import rows

ORIGINAL = "def f(xs):\n    return max(xs)\n"
TASK = CodeTask(("assert f([1, 2]) == 2", "assert f([3, 3]) == 3"))


@pytest.fixture(scope="module")
def run() -> Iterator[BatchRunner]:
    with PlainSandbox(slots=1) as sandbox:
        yield BatchRunner(sandbox)


def wrong(body: str, kind: str = "wrong_function") -> Injection:
    start = ORIGINAL.index("max(xs)")
    text = ORIGINAL.replace("max(xs)", body)
    edit = Edit(start, start + len("max(xs)"), body)
    return Injection(injector="t", kind=kind, original=ORIGINAL, text=text, edits=(edit,), step=1)


def failed(injection: Injection) -> list[str]:
    return [check.name for check in injection.checks if not check.passed]


@pytest.mark.parametrize(
    ("body", "kind", "refused"),
    [
        ("min(xs)", "wrong_function", []),
        ("sum(xs[:1])", "wrong_function", []),
        ("sorted(xs)[-1]", "wrong_function", ["program_wrong_value", "repeats"]),
        ("xs[9]", "wrong_function", ["program_wrong_value"]),
        ("xs[9]", "wrong_index", []),
        ("next(iter(int, 1)) or [0 for _ in iter(int, 1)]", "wrong_function", ["terminates", "repeats"]),
        ("max( xs )", "wrong_function", ["distinct", "program_wrong_value", "repeats"]),
    ],
)
def test_each_reason_to_refuse(run: BatchRunner, body: str, kind: str, refused: list[str]) -> None:
    (injection,) = prove(ORIGINAL, [wrong(body, kind)], TASK, run)
    assert [
        name for name in failed(injection) if name != "program_wrong_value" or "terminates" not in refused
    ] == refused
    assert injection.proven == (not refused)


def test_two_alike_are_accepted_once(run: BatchRunner) -> None:
    one, other = prove(ORIGINAL, [wrong("min(xs)"), wrong("min( xs )")], TASK, run)
    assert one.proven and failed(other) == ["distinct"]


def test_one_that_passes_no_test_is_refused_where_one_is_asked_for(run: BatchRunner) -> None:
    one, none = prove(ORIGINAL, [wrong("min(xs)"), wrong("0")], TASK, run, passes_one=True)
    assert one.proven and failed(none) == ["passes_one"]


def test_an_original_that_fails_proves_nothing(run: BatchRunner) -> None:
    (injection,) = prove(ORIGINAL, [wrong("min(xs)")], CodeTask(("assert f([1]) == 2",)), run)
    assert "original_passes" in failed(injection)


def test_a_mutant_that_ends_the_process_costs_only_itself(run: BatchRunner) -> None:
    leaves, other = prove(ORIGINAL, [wrong("__import__('os')._exit(0)"), wrong("min(xs)")], TASK, run)
    assert not leaves.proven and other.proven


def test_most_reference_programs_have_three_kinds_that_a_test_catches(run: BatchRunner) -> None:
    problems = rows("data/mbpp_sanitized.jsonl")[:300:15]
    enough = 0
    for row in problems:
        subject = Subject(problem=Problem(statement=row["question"], answer="-"), solution=row["solution"])
        found = (PythonAst().propose(subject, kind, random.Random(0)) for kind in PythonAst.kinds)
        proposed = [injection for many in found for _, injection in zip(range(3), many, strict=False)]
        task = CodeTask(tuple(row["tests"]), "\n".join(row["test_imports"]))
        kinds = {i.kind for i in prove(row["solution"], proposed, task, run) if i.proven}
        enough += len(kinds) >= 3
    assert enough >= 0.9 * len(problems)
