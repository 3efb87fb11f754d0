"""Mistakes in Python programs: what each operator makes, and what all of them hold to."""

import ast
import io
import json
import random
import tokenize
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.injectors.base import Subject
from generators.injectors.python_ast import PythonAst
from generators.injectors.python_operators.table import OPERATORS
from schemas.errors_code import CODE_KINDS
from schemas.injection import Injection
from schemas.problem import Problem

CASES = json.loads((Path(__file__).parents[2] / "cases" / "code_mutants.json").read_text(encoding="utf-8"))
PROBLEM = Problem(statement="Write a program.", answer="program")
PROGRAMS = sorted({case["before"] for case in CASES})
LINES = st.lists(st.sampled_from([line for p in PROGRAMS for line in p.splitlines()]), max_size=12)
HARD = [
    "", "(" * 5000, "-" * 5000 + "1", "not " * 3000 + "x", "x = '\0'", "\ud800", "\ufeffx = 1", "def f(:\n",
    "+".join(["1"] * 330), "+".join(["1"] * 2000), "x = a" + ".b" * 900, "x = a" + "[0]" * 900, "**".join("a" * 999),
]  # fmt: skip


def proposals(program: str, kind: str, seed: int = 0) -> list[Injection]:
    subject = Subject(problem=PROBLEM, solution=program)
    return list(PythonAst().propose(subject, kind, random.Random(seed)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['kind']}-{c['before'][:30]!r}")
def test_each_operator_makes_the_mistake_of_its_kind(case: dict[str, Any]) -> None:
    texts = [injection.text for injection in proposals(case["before"], case["kind"])]
    if "never" in case:
        assert not texts if case["never"] == "*" else case["never"] not in texts
    else:
        assert case["after"] in texts


def test_every_kind_has_an_operator_and_a_case() -> None:
    kinds = {kind.slug for kind in CODE_KINDS}
    assert set(OPERATORS) == kinds == {case["kind"] for case in CASES if "after" in case}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_proposal_compiles_differs_as_a_tree_and_only_where_it_says(program: str) -> None:
    trees = ast.dump(ast.parse(program))
    for kind in OPERATORS:
        for injection in proposals(program, kind):
            assert ast.dump(ast.parse(injection.text)) != trees
            edit = injection.cause
            end = len(injection.text) - (len(program) - edit.end)
            assert injection.text[: edit.start] == program[: edit.start]
            assert injection.text[end:] == program[edit.end :]
            assert injection.text.splitlines()[: injection.step] == program.splitlines()[: injection.step]


def test_comments_outside_the_edit_stay() -> None:
    program = "def f(xs):  # one\n    t  =  0 # two\n    for x in xs:\n        t+=x # three\n    return (t)  # four\n"
    made = [injection for kind in OPERATORS for injection in proposals(program, kind)]
    assert len({injection.kind for injection in made}) >= 5
    for injection in made:
        assert not _comments(program) - _comments(injection.text) - _comments(injection.before)


def _comments(text: str) -> Counter[str]:
    if "\n" not in text and "#" in text:
        return Counter([text[text.index("#") :]])
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text.lstrip()).readline))
    except (tokenize.TokenError, IndentationError):
        return Counter()
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def test_the_same_seed_gives_the_same_proposals() -> None:
    program = max(PROGRAMS, key=len)
    for kind in OPERATORS:
        assert proposals(program, kind, 3) == proposals(program, kind, 3)


@pytest.mark.parametrize("text", HARD, ids=lambda t: repr(t[:12]))
def test_what_is_no_program_or_too_deep_raises_nothing(text: str) -> None:
    for kind in OPERATORS:
        for injection in proposals(text, kind):
            ast.parse(injection.text)


def test_other_line_ends_and_letters_keep_their_places() -> None:
    (injection,) = proposals("# é𝄞\r\ndef f(a, b):\r\n    return a <= b\r\n", "boundary_comparison")
    assert injection.text == "# é𝄞\r\ndef f(a, b):\r\n    return a < b\r\n"
    assert injection.step == 2 and injection.before == "<="


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=60), LINES.map("\n".join)))
def test_no_text_raises(text: str) -> None:
    for kind in OPERATORS:
        for injection in proposals(text, kind):
            compile(injection.text, "<mutant>", "exec", dont_inherit=True)


def test_deep_assignments_are_compared_without_recursion() -> None:
    deep = "a" + "[0]" * 90
    for injection in proposals(f"def f(a, i):\n    {deep} = {deep}\n    return a\n", "wrong_index"):
        ast.parse(injection.text)
