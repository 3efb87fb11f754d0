"""What every injector promises, whatever the text."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.injectors.base import INJECTORS, Injector, Subject
from generators.steps import split_steps
from schemas.errors import KINDS
from schemas.ids import nfc
from schemas.injection import Injection, apply
from schemas.problem import Problem

MATH = Subject(
    problem=Problem(
        statement="Natalia sold clips to 48 of her 60 friends in April, half as many in May and 15 in each of "
        "the 3 weeks of June. How many clips did she sell?",
        answer="117",
    ),
    solution="Natalia sold 48/2 = <<48/2=24>>24 clips in May.\n"
    "In the 3 weeks of June she sold 15 * 3 = <<15*3=45>>45 clips.\n"
    "She sold 48 + 24 + 45 = <<48+24+45=117>>117 clips.\n#### 117",
)
LATEX = Subject(
    problem=Problem(statement="Solve $3(x + 2) - 12 = 0$ and give $x^2 + 3^2$.", answer="13"),
    solution="Expanding, $3(x + 2) - 12 = 3x + 6 - 12 = 3x - 6.$\n\n"
    "Since $3x - 6 = 0,$ we get $3x = 6,$ so $x = 2.$\n\n"
    "Therefore $x^2 + 3^2$ is \\[2^2 + 3^2 = 4 + 9 = \\boxed{13}.\\]",
)
CODE = Subject(
    problem=Problem(
        statement="Return the sum of the squares of the even numbers below n.", answer="sum_even"
    ),
    solution="def sum_even(n):\n    total = 0\n    for i in range(n):\n        if i % 2 == 0:\n"
    "            total += i * i\n    return total\n",
)
SQL = Subject(
    problem=Problem(statement="Names of the three oldest singers over 20.", answer="names"),
    solution="SELECT name FROM singer WHERE age > 20 ORDER BY age DESC LIMIT 3",
)
SUBJECTS = {"math": [MATH], "code": [CODE], "sql": [SQL], "any": [MATH, CODE, SQL]}

_ARITHMETIC = [
    "3",
    "48",
    "1,200",
    "2.50",
    ".5",
    "1/2",
    "20%",
    "x",
    "y = ",
    "(",
    ")",
    " + ",
    " - ",
    " * ",
    " = ",
]
_NOTES = [
    " / ",
    "<<48/2=24>>",
    "<<",
    ">>",
    "24",
    "$",
    "\n",
    ". ",
    "Step 1: ",
    "\\boxed{24}",
    "#### 24",
    "0",
    "-7",
]
_WORDS = [
    "clips",
    "half",
    "twelve",
    "a",
    "an ",
    ":",
    " of ",
    "–",
    "é",
    "\u0301",
    "\t",
    "= = ",
    "1",
    "'",
    "\\frac{1}{2}",
]
_LATEX = [
    "$",
    "$$",
    "\\[",
    "\\]",
    "\\begin{align*}",
    "\\end{align*}",
    "\\\\",
    "&= ",
    "3(x + 2)",
    "3x + 6",
    "\\left(",
    "\\right)",
    "2^{3}",
    "= 8",
    "\\boxed{",
    "}",
    "{",
    "\\pm 3",
    "x^2 = 9",
    "-2x < 6",
    "x > -3",
    " or ",
    "\\sqrt{49} = 7",
    "\\frac{6x + 4}{2}",
]
_PROGRAMS = ["def f(x):\n    return x + 1\n", "if x > 3:", "SELECT a FROM t WHERE b < 3", "\\frac{1}{2}"]
PIECES = st.sampled_from([*_ARITHMETIC, *_NOTES, *_WORDS, *_LATEX, *_PROGRAMS])
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=80)).map(nfc)


def members() -> list[Injector]:
    return [INJECTORS.find(name)() for name in INJECTORS.names()]


def subjects(injector: Injector) -> list[Subject]:
    return [LATEX] if injector.name == "algebra" else SUBJECTS[injector.domain]


def proposals(injector: Injector, subject: Subject, seed: int = 0) -> list[Injection]:
    return [i for kind in injector.kinds for i in injector.propose(subject, kind, random.Random(seed))]


def check(injection: Injection, subject: Subject) -> None:
    assert injection.original == subject.solution
    assert injection.text == apply(subject.solution, injection.edits) != subject.solution
    assert injection.cause == injection.edits[0]
    start = injection.cause.start
    assert injection.text[:start] == subject.solution[:start]
    assert not injection.checks


@pytest.mark.parametrize("injector", members(), ids=lambda i: i.name)
def test_its_kinds_are_in_the_taxonomy_and_of_its_domain(injector: Injector) -> None:
    assert injector.kinds
    assert {KINDS[kind].domain for kind in injector.kinds} == {injector.domain}
    assert all(KINDS[kind].proofs or kind == "final_answer" for kind in injector.kinds)


@pytest.mark.parametrize("injector", members(), ids=lambda i: i.name)
def test_it_makes_something_and_the_same_again(injector: Injector) -> None:
    for subject in subjects(injector):
        made = proposals(injector, subject)
        assert made
        assert made == proposals(injector, subject)
        for injection in made:
            check(injection, subject)
            assert injection.injector == injector.name
            assert injection.kind in injector.kinds


@pytest.mark.parametrize("injector", members(), ids=lambda i: i.name)
def test_a_step_before_the_mistake_is_verbatim(injector: Injector) -> None:
    if injector.domain != "math":
        pytest.skip("steps of programs are lines; their own tests hold this")
    (subject,) = subjects(injector)
    for injection in proposals(injector, subject):
        step = split_steps(injection.text)[injection.step]
        assert subject.solution.startswith(injection.text[: step.start])


@settings(max_examples=120, deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 3))
def test_no_text_makes_it_raise_or_change_what_it_does_not_record(
    statement: str, solution: str, seed: int
) -> None:
    subject = Subject(problem=Problem(statement=statement + " q", answer="24"), solution=solution)
    for injector in members():
        for injection in proposals(injector, subject, seed):
            check(injection, subject)
