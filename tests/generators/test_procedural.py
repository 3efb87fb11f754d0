"""Problems made by program: repeatable, extendable, and true in every line."""

import random
import re
from itertools import islice
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.procedural.families import FAMILIES, draw
from generators.procedural.size import LEVELS, POSSIBLE_STEPS, FamilyName, Level, Size
from generators.procedural.word import STORIES
from generators.sources.base import SOURCES
from generators.sources.procedural import Procedural
from schemas.exceptions import ConfigError
from schemas.problem import Problem

EQUATION = re.compile(r"(?<![\w.])(-?\d+) ([-+*/]) (-?\d+) = (-?\d+)(?![\w*])")
LEVEL_NAMES: tuple[Level, ...] = get_args(Level)
families = st.sampled_from(sorted(FAMILIES))
levels = st.sampled_from(LEVEL_NAMES)
seeds = st.integers(0, 2**40)


def problems_of(**options: object) -> list[Problem]:
    return [p for p in Procedural.model_validate(options).problems() if isinstance(p, Problem)]


def check_solution(problem: Problem) -> None:
    """Each step states one equation, it is true, and the last line boxes the answer."""
    *steps, last = problem.solution.split("\n")
    assert last == f"The answer is \\boxed{{{problem.answer}}}."
    for number, step in enumerate(steps, start=1):
        assert step.startswith(f"Step {number}: ")
        found = EQUATION.findall(step.removeprefix(f"Step {number}: "))
        assert len(found) == 1, step
        left, operator, right, result = found[0]
        expected = {
            "+": int(left) + int(right),
            "-": int(left) - int(right),
            "*": int(left) * int(right),
            "/": int(left) / int(right) if int(right) else None,
        }[operator]
        assert expected == int(result), step


@settings(max_examples=60, deadline=None)
@given(seed=seeds, level=levels, family=families)
def test_every_equation_is_true_and_the_last_line_boxes_the_answer(
    seed: int, level: Level, family: FamilyName
) -> None:
    for problem in problems_of(families=(family,), count=25, seed=seed, difficulty=level):
        check_solution(problem)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, family=families, largest=st.integers(5, 999), factor=st.integers(5, 99), data=st.data())
def test_custom_sizes_are_kept_to(
    seed: int, family: FamilyName, largest: int, factor: int, data: st.DataObject
) -> None:
    fewest = data.draw(st.integers(*POSSIBLE_STEPS[family]))
    most = data.draw(st.integers(fewest, POSSIBLE_STEPS[family][1]))
    options = {"families": (family,), "steps": (fewest, most), "largest": largest, "factor": factor}
    for problem in problems_of(count=8, seed=seed, **options):
        check_solution(problem)
        assert fewest <= problem.solution.count("\n") <= most
        assert problem.difficulty == "custom"


@settings(max_examples=30, deadline=None)
@given(seed=seeds, level=levels, family=families, index=st.integers(0, 10**6))
def test_the_answer_is_the_value_of_the_expression(
    seed: int, level: Level, family: FamilyName, index: int
) -> None:
    worked = draw(family, LEVELS[family][level], seed, index)
    if family in ("chain", "precedence"):
        expression = "".join(re.findall(r"[-+*/()0-9]", worked.statement))
        assert eval(expression) == worked.answer  # Python's own precedence is the judge here
    if family == "linear":
        found = re.search(r"[\d(][-+*()x0-9 ]* = [-+*x0-9 ]+", worked.statement)
        assert found is not None
        left, right = found[0].split(" = ")
        assert eval(left, {"x": worked.answer}) == eval(right, {"x": worked.answer})


def test_the_same_options_give_the_same_problems() -> None:
    assert problems_of(count=60, seed=3) == problems_of(count=60, seed=3)
    assert problems_of(count=60, seed=3) != problems_of(count=60, seed=4)


def test_growing_the_count_keeps_the_earlier_problems() -> None:
    assert problems_of(count=300, seed=3)[:77] == problems_of(count=77, seed=3)


def test_leaving_a_family_out_keeps_the_problems_of_the_others() -> None:
    words = [p for p in problems_of(count=80) if p.family == "word"]
    assert problems_of(families=("word",), count=20) == words


def test_families_take_turns_and_are_lazy() -> None:
    stream = Procedural(count=10**9).problems()
    first = [p.family for p in islice(stream, 5) if isinstance(p, Problem)]
    assert first == ["chain", "precedence", "linear", "word", "chain"]


@pytest.mark.parametrize("level", LEVEL_NAMES)
def test_no_statement_comes_twice(level: Level) -> None:
    statements = [p.statement for p in problems_of(count=1200, difficulty=level)]
    assert len(set(statements)) == len(statements)


def test_a_family_with_too_few_problems_says_so() -> None:
    source = Procedural(families=("chain",), count=2000, steps=(1, 1), largest=5)
    with pytest.raises(ConfigError, match="lower `count`"):
        list(source.problems())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"families": ()}, "empty"),
        ({"families": ("word", "word")}, "twice"),
        ({"steps": (4, 3)}, "4 to 3"),
        ({"steps": (2, 9), "families": ("word",)}, "word has 2 to 4"),
        ({"steps": (1, 2)}, "precedence has 2"),
        ({"largest": 1}, "at least"),
        ({"factor": 0}, "at least"),
    ],
)
def test_impossible_options_are_refused_before_the_first_problem(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Procedural.model_validate(options).problems()


def test_every_story_reads_well_at_every_size() -> None:
    """A quantity of 1 would make "1 apples"; a negative one would make no sense."""
    for tellers in STORIES.values():
        for tell in tellers:
            for number in range(200):
                worked = tell(random.Random(number), Size((2, 4), 5 + number % 90, 5 + number % 20))
                assert not re.search(r"\b1 [a-z]|-\d|  ", worked.statement + worked.solution)
                assert worked.answer > 0


def test_records_carry_family_difficulty_licence_and_split() -> None:
    problem = problems_of(count=1, families=("linear",), difficulty="easy", split="test")[0]
    assert (problem.family, problem.difficulty, problem.split) == ("linear", "easy", "test")
    assert (problem.source, problem.licence) == ("procedural", "Apache-2.0")


def test_the_source_is_found_by_its_name() -> None:
    assert SOURCES.find("procedural") is Procedural
