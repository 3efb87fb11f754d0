"""Mutants of references, and how many of them the tests notice."""

import ast
import statistics

import pytest

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.mutants import OPERATORS, mutants
from filters.verify.code.options import ProgramOptions
from filters.verify.code.quality import chosen_mutants, mutant_score, mutant_scores
from filters.verify.code.tamper import tamper_flags
from filters.verify.code.task import task_of
from tests.filters.verify.code.judging import sandbox, task
from tests.shared import rows


@pytest.mark.parametrize(
    ("operator", "program", "mutant"),
    [
        ("comparison", "a < b", "a <= b"),
        ("comparison", "a == b", "a != b"),
        ("arithmetic", "a + b", "a - b"),
        ("arithmetic", "a += 'x'", "a -= 'x'"),
        ("constant", "f(7)", "f(8)"),
        ("constant", "f(7)", "f(6)"),
        ("negation", "if a:\n    b", "if not a:\n    b"),
        ("negation", "f(True)", "f(False)"),
        ("return_none", "def f():\n    return a", "def f():\n    return None"),
        ("range", "range(n)", "range(n + 1)"),
        ("range", "range(a, b)", "range(a, b - 1)"),
        ("connective", "a and b", "a or b"),
        ("slice", "a[b:]", "a[b + 1:]"),
        ("slice", "a[i]", "a[i - 1]"),
        ("loop_control", "for a in b:\n    break", "for a in b:\n    continue"),
    ],
)
def test_each_operator_changes_what_it_says(operator: str, program: str, mutant: str) -> None:
    found = [(one.operator, one.program) for one in mutants(program)]
    assert (operator, mutant) in found


def test_every_operator_is_shown_above_and_mutants_are_all_different() -> None:
    program = (
        "def f(n):\n    s = 0\n    for i in range(n):\n        if i > 3 and not n == i:\n            break\n"
    )
    program += "        s += i\n    return [s][i:n] or -1\n"
    found = list(mutants(program))
    assert {one.operator for one in found} <= set(OPERATORS)
    texts = [one.program for one in found]
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(program)) not in texts
    for text in texts:
        compile(text, "mutant", "exec")
    assert [one.program for one in chosen_mutants(program, 5)] == [
        one.program for one in chosen_mutants(program, 5)
    ]


REFERENCE = "def grade(n):\n    if n >= 50:\n        return 'pass'\n    return 'fail'\n"


def test_tests_at_the_boundary_kill_more_than_tests_far_from_it() -> None:
    near = task("assert grade(50) == 'pass'", "assert grade(49) == 'fail'")
    far = task("assert grade(90) == 'pass'")
    with sandbox() as held:
        judge = ProgramJudge(held)
        good, poor = mutant_scores([(near, REFERENCE), (far, REFERENCE)], judge)
        nothing = mutant_score(near, "grade = str", judge)
    assert good.score == 1.0
    assert poor.score is not None
    assert poor.score < 0.7
    assert any(one.program.startswith("def grade(n):\n    if n > 50") for one in poor.survivors)
    assert nothing.score is None


def test_scores_of_real_problems() -> None:
    problems = rows("data/mbpp_sanitized.jsonl")[::30]
    with sandbox() as held:
        judge = ProgramJudge(held, ProgramOptions(cpu_s=1))
        scores = mutant_scores([(task_of(row), row["solution"]) for row in problems], judge, most=6)
    found = [one.score for one in scores if one.score is not None]
    assert statistics.median(found) > 0.8
    assert len(found) >= 8


@pytest.mark.parametrize(
    ("program", "flags"),
    [
        ("import sys\nsys._getframe(1)", ("frames",)),
        ("from sys import _getframe", ("frames",)),
        ("getattr(sys, '_getframe')()", ("frames",)),
        ("import inspect", ("frames",)),
        ("import gc", ("gc",)),
        ("import ctypes.util", ("ctypes",)),
        ("import os\nos._exit(0)", ("exit",)),
        ("import builtins\nbuiltins.len = f", ("builtins",)),
        ("__builtins__['len'] = f", ("builtins",)),
        ("class A:\n    def __eq__(self, o):\n        'always'\n        return True", ("constant_eq",)),
        ("class A:\n    __eq__ = lambda self, o: True", ("constant_eq",)),
        ("class A:\n    def __eq__(self, o):\n        return self.x == o.x", ()),
        ("import pytest", ("test_framework",)),
        ("exec('x')", ("exec",)),
        ("open(__file__).read()", ("own_source",)),
        ("eval(input())", ()),
        ("import re\nre.compile('a')", ()),
        ("import sys\nsys.exit(0)", ()),
        ("def f(:", ()),
    ],
)
def test_flags(program: str, flags: tuple[str, ...]) -> None:
    assert tamper_flags(program) == flags


def test_a_program_that_holds_the_answers_is_flagged() -> None:
    program = "def f(n):\n    return {1: 'first answer', 2: 'second answer'}[n]"
    assert tamper_flags(program, ["'first answer'", "'second answer'"]) == ("expected_literals",)
    assert tamper_flags(program, ["'first answer'", "'other answer'"]) == ()


def test_no_honest_reference_is_flagged() -> None:
    problems = rows("data/mbpp_sanitized.jsonl")
    assert [row["id"] for row in problems if tamper_flags(row["solution"])] == []
