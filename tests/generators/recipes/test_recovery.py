"""Recovery: the wrong prefix is context, continuations that end right are learnt, unless by luck."""

from dataclasses import replace

import pytest

from filters.verify.math.judge import Judge
from generators.recipes.recovery import Recovery
from tests.generators.recipes.asked import case_with, kinds, learning, parts, policy, rows_of, world
from tests.world import Jars

JARS = Jars(0)
SLIP, RIGHT = JARS.wrong("slip_first"), JARS.right()
BACK = "Step 1: 3 * 4 = 22\nStep 2: That is wrong, as 3 * 4 = 12.\nStep 3: 12 + 5 = 17\nThe answer is \\boxed{17}."


def test_a_continuation_that_ends_right_is_learnt_and_the_prefix_is_not(judge: Judge) -> None:
    case, served = case_with(judge, [SLIP, RIGHT])
    rows, door = rows_of(Recovery(rights=0), replace(served, policy=policy([BACK, SLIP])), case)
    (row,) = learning(rows)
    assert [(k, w) for k, _, w in parts(row)] == [("mistake", 0), ("continuation", 1)]
    assert row.messages[-1].content == BACK and row.variant == "rerolled"
    assert set(row.parents) == {
        case.wrongs[0].id,
        *(i for i, e in door.extras.items() if e.attempt.text == BACK),
    }


@pytest.mark.parametrize(
    "rest",
    [
        "Step 2: 22 + 5 = 27\nStep 3: 27 - 10 = 17\nThe answer is \\boxed{17}.",
        "Step 2: 12 + 5 = 18\nThe answer is \\boxed{17}.",
        "Step 2: 52 / 3 = 17\nThe answer is \\boxed{17}.",
        "Step 2: 12 + 4 = 16\nThe answer is \\boxed{17}.",
        "The answer is \\boxed{17}.",
    ],
    ids=["uses the wrong result", "a false step", "a remainder dropped", "an answer from nowhere", "a guess"],
)
def test_a_continuation_that_ends_right_by_luck_is_not(judge: Judge, rest: str) -> None:
    case, served = case_with(judge, [SLIP, RIGHT])
    lucky = f"Step 1: 3 * 4 = 22\n{rest}"
    rows, _ = rows_of(Recovery(rights=0, repairs=False), replace(served, policy=policy([lucky])), case)
    assert rows == []


def test_else_a_repair_is_learnt(judge: Judge) -> None:
    rows = [row for row in world(judge, Recovery(rights=0), sampling=False) if row.variant == "repaired"]
    assert rows and all("reflection" in kinds(row) for row in rows)
    assert {w for row in rows for k, _, w in parts(row) if k in {"prefix", "mistake"}} == {0}


def test_right_prefixes_are_gone_on_with(judge: Judge) -> None:
    rows = world(judge, Recovery(mistakes=0))
    assert rows and all(
        [(k, w) for k, _, w in parts(row)] == [("prefix", 0), ("continuation", 1)] for row in rows
    )
    assert {row.error_kind for row in rows} == {"none"}


def test_what_is_left_of_a_right_attempt_is_more_than_its_answer(judge: Judge) -> None:
    case, served = case_with(judge, [RIGHT])
    for seed in range(6):
        rows, _ = rows_of(Recovery(), replace(served, seed=seed), case)
        (row,) = learning(rows)
        assert [k for k, _, _ in parts(row)] == ["prefix", "continuation"]
        assert parts(row)[1][1].startswith("Step 2: ")


def test_two_steps_are_too_few_to_cut(judge: Judge) -> None:
    case, served = case_with(judge, ["3 * 4 + 5 = 17\nThe answer is \\boxed{17}."])
    assert rows_of(Recovery(), served, case)[0] == []
