"""Reflections: a teacher's where it is fit to be learnt, a true template otherwise."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from filters.verify.math.judge import Judge
from generators.ask import Ask
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.recipes.lemma import Lemma
from generators.reflect import fitting, notice, sayable, shown
from generators.roles import Role
from schemas.example import Example, SFTExample
from schemas.location import Location
from tests.world import Jars, case_of, tools


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def fixed_rows(judge: Judge, teacher_says: str) -> list[SFTExample]:
    """LEMMA's repaired rows of one case whose teacher always says the same."""

    async def run() -> list[Example]:
        teacher = Role(Scripted(otherwise=teacher_says, model="teacher").open(), Sampling())
        served = replace(tools(3, judge), teacher=teacher)
        case = await case_of(0, served)
        return await Lemma(fresh_and_restart=False).build(case, Ask(case, served).for_recipe("lemma"))

    rows = [row for row in asyncio.run(run()) if isinstance(row, SFTExample)]
    assert rows
    return rows


def reflections(rows: list[SFTExample]) -> list[str]:
    return [
        row.messages[-1].content[s.start : s.end].strip()
        for row in rows
        for s in row.spans
        if s.kind == "reflection"
    ]


def test_a_teachers_words_are_used_and_the_row_names_the_teacher(judge: Judge) -> None:
    said = "Wait, I did not count the jars of every crate."
    rows = fixed_rows(judge, said)
    assert set(reflections(rows)) == {said}
    assert all(row.teacher for row in rows)


@pytest.mark.parametrize(
    "said",
    [
        f"Wait, it should come to {Jars(0).problem.answer} in the end.",
        "Hold on, the reference solution does it differently.",
        "Wait. " + "I should think about this very carefully. " * 20,
        " ",
    ],
    ids=["gives the answer away", "leaks the reference", "a lecture", "nothing"],
)
def test_unfit_words_of_a_teacher_give_way_to_a_template(judge: Judge, said: str) -> None:
    rows = fixed_rows(judge, said)
    assert not any(said.strip() and said.strip() in text for text in reflections(rows))
    assert all(reflections(rows)) and not any(row.teacher for row in rows)


def test_a_template_names_the_numbers_only_where_they_are_known() -> None:
    known = Location(0, "equations", True, expression="3 + 4", wrong="8", right="7")
    likely = Location(0, "reference", False)
    for seed in range(30):
        rng = random.Random(seed)
        assert "3 + 4" in notice(rng, known) and "8" in notice(rng, known)
        assert not any(char.isdigit() for char in notice(rng, likely))


def test_of_an_equation_nothing_is_said_where_the_solution_does_not_compute_it() -> None:
    known = Location(0, "equations", True, expression="1 * 6", wrong="64", right="6")
    assert fitting(known, "Step 1: 1 * 6 = 6") == known
    assert fitting(known, "Step 1: There are 6 * 1 = 6 jars") == known
    elsewhere = fitting(known, "Step 1: 11 * 6 = 66\nStep 2: 66 + 1 = 67")
    assert elsewhere.proven and not elsewhere.method and not elsewhere.expression


def test_a_computation_in_latex_is_shown_with_latexs_sign() -> None:
    assert shown("\\frac{1}{5} * 60") == "$\\frac{1}{5} \\cdot 60$"
    assert shown("3 * 4") == "3 * 4"


@pytest.mark.parametrize(
    ("answer", "fit"), [("12", True), ("", False), ("50 * 12 = 600", False), ("x" * 31, False)]
)
def test_only_short_answers_are_said_in_a_sentence(answer: str, fit: bool) -> None:
    assert sayable(answer) is fit
