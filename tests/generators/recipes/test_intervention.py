"""InT: one corrective step behind a right prefix, short of the answer, vouched for by continuations or its repair."""

from dataclasses import replace

import pytest

from filters.verify.math.judge import Judge
from generators.interventions import fit
from generators.recipes.intervention import InterventionTraining
from tests.generators.recipes.asked import case_with, kinds, learning, pairs, parts, rows_of, teacher, world
from tests.world import Jars

JARS = Jars(0)
SLIP, RIGHT = JARS.wrong("slip_first"), JARS.right()


def test_a_row_ends_with_the_corrective_step_and_has_no_mistake_in_it(judge: Judge) -> None:
    case, served = case_with(judge, [SLIP, RIGHT])
    rows, _ = rows_of(InterventionTraining(), served, case)
    (row,), (pair,) = learning(rows), pairs(rows)
    assert parts(row) == [("correction", "Step 1: 3 * 4 = 12", 1)]
    assert row.verified_by == pair.verified_by == "continued:8/8"
    assert pair.rejected[0].content == "Step 1: 3 * 4 = 22"


def test_without_a_policy_the_repaired_solution_vouches(judge: Judge) -> None:
    rows = world(judge, InterventionTraining(), sampling=False)
    assert rows and {row.verified_by for row in rows} == {"continued:exact"}


def test_a_step_that_holds_the_answer_is_refused(judge: Judge) -> None:
    case, served = case_with(judge, [JARS.wrong("slip_second"), RIGHT])
    rows, door = rows_of(InterventionTraining(), served, case)
    assert rows == [] and "unfit_step" in door.skipped


def test_too_few_right_continuations_refuse_it(judge: Judge) -> None:
    late = RIGHT.replace("= 17", "= 16").replace("{17}", "{16}")
    case, served = case_with(judge, [SLIP, RIGHT, late])
    found = learning(rows_of(InterventionTraining(least=4), served, case)[0])
    assert [row.verified_by for row in found] == ["continued:4/8"]
    assert rows_of(InterventionTraining(least=5), served, case)[0] == []


@pytest.mark.parametrize(("suffix", "weight"), [("masked", 0), ("learnt", 1)])
def test_the_suffix_is_an_option(judge: Judge, suffix: str, weight: float) -> None:
    case, served = case_with(judge, [SLIP, RIGHT])
    recipe = InterventionTraining.model_validate({"suffix": suffix})
    (row,) = learning(rows_of(recipe, served, case)[0])
    assert [(k, w) for k, _, w in parts(row)] == [("correction", 1), ("continuation", weight)]
    assert row.messages[-1].content == RIGHT and row.verified_by == "answer:exact"


def test_the_prefix_can_be_masked(judge: Judge) -> None:
    longer = "Step 1: 3 * 4 = 12\nStep 2: 12 * 2 = 24\nStep 3: 24 / 2 + 5 = 17\nThe answer is \\boxed{17}."
    slip = (
        longer.replace("= 24", "= 34").replace("24 /", "34 /").replace("= 17", "= 22").replace("{17}", "{22}")
    )
    case, served = case_with(judge, [slip, longer])
    for weights, expected in (({}, 1), ({"prefix": 0.0}, 0)):
        row = learning(rows_of(InterventionTraining(weights=weights), served, case)[0])[0]
        assert [(k, w) for k, _, w in parts(row)] == [("prefix", expected), ("correction", 1)]


def test_a_likelier_candidate_goes_first(judge: Judge) -> None:
    other = RIGHT.replace("Step 1: 3 * 4 = 12", "Step 1: There are 3 * 4 = 12 jars in crates.")
    case, served = case_with(judge, [SLIP, RIGHT, *[other] * 5])
    row = learning(rows_of(InterventionTraining(rank=True, candidates=4), served, case)[0])[0]
    assert "There are" in row.messages[-1].content


def test_a_teachers_step_is_taken_where_it_continues_right(judge: Judge) -> None:
    said = "Step 1: The jars in crates are 3 * 4 = 12."
    replies = [SLIP, RIGHT, f"{said}\nStep 2: 12 + 5 = 17\nThe answer is \\boxed{{17}}."]
    case, served = case_with(judge, replies)
    rows = learning(rows_of(InterventionTraining(), replace(served, teacher=teacher(said)), case)[0])
    assert [(row.messages[-1].content, row.written_by) for row in rows] == [(said, "teacher")]


@pytest.mark.parametrize(
    ("step", "ok"),
    [
        ("Step 1: 3 * 4 = 12", True),
        ("Step 1: 3 * 4 = 22", False),
        ("Step 1: 3 * 4 = 12, which leads to 17", False),
        ("Step 1: 3 * 4 = 13", False),
        ("Step 1: the reference solution has 3 * 4 = 12", False),
        ("Step 1: 3 * 39 = 117 and not 1.17", True),
        ("Step 1: there are 3 crates", False),
        ("   ", False),
        ("x" * 401, False),
    ],
)
def test_what_may_stand_for_a_wrong_step(step: str, ok: bool) -> None:
    assert fit(step, "Step 1: 3 * 4 = 22", "17") is ok


def test_no_mistake_stands_in_a_row_to_learn_from(judge: Judge) -> None:
    rows = learning(world(judge, InterventionTraining()))
    assert rows and not any("mistake" in kinds(row) for row in rows)
