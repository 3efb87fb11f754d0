"""Right attempts that are not learnt, and second answers that are not another way."""

import asyncio
from dataclasses import replace

import pytest

from filters.verify.math.judge import Judge
from generators.ask import Ask
from generators.recipes.pressure import Pressure
from generators.revisions import right_revision
from schemas.example import SFTExample
from tests.generators.recipes.asked import case_with, policy
from tests.world import Jars

RIGHT = Jars(0).right()
BY_ROUNDING = "Step 1: 3 * 4 = 12\nStep 2: 70 / 4 = 17\nThe answer is \\boxed{17}."
BROKEN = f"Step 0: 2*x =*x = 34\n{RIGHT}"
SAME_IN_OTHER_WORDS = RIGHT.replace("Step 1: 3 * 4 = 12", "Step 1: The crates hold 3 * 4 = 12 jars.")
ANOTHER_WAY = "Step 1: 4 * 3 = 12\nStep 2: 5 + 12 = 17\nThe answer is \\boxed{17}."


@pytest.mark.parametrize("text", [BY_ROUNDING, BROKEN])
def test_doubtful_right_answers_are_no_solutions(judge: Judge, text: str) -> None:
    case, served = case_with(judge, [RIGHT, text])
    assert len(case.rights) == 2
    assert [a.text for a in Ask(case, served).for_recipe("flips").rights()] == [RIGHT]


def test_a_doubtful_continuation_does_not_count_for_a_prefix(judge: Judge) -> None:
    case, served = case_with(judge, [RIGHT])
    prefix = "Step 1: 3 * 4 = 12\n"
    replies = [BY_ROUNDING, RIGHT, BY_ROUNDING, Jars(0).wrong("slip_second")]
    ask = Ask(case, replace(served, policy=policy(replies)))
    value = asyncio.run(ask.for_recipe("step_labels").value(prefix, 4))
    assert (value.share, value.samples) == (0.5, 2)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        (RIGHT, SAME_IN_OTHER_WORDS, False),
        (RIGHT, ANOTHER_WAY, True),
        (Jars(0).wrong("slip_second"), SAME_IN_OTHER_WORDS, True),
    ],
    ids=["the same in other words", "another way", "after a wrong answer"],
)
def test_a_right_answer_is_revised_by_another_way_only(
    judge: Judge, first: str, second: str, taken: bool
) -> None:
    case, served = case_with(judge, [first, second])
    ask = Ask(case, served).for_recipe("self_rewarding")
    found = asyncio.run(right_revision(ask, case.attempts[0], "", 0))
    assert (found is not None and found[1] == second) is taken


def test_nobody_under_pressure_hears_or_says_the_same_twice(judge: Judge) -> None:
    wrongs = [Jars(0).wrong(how) for how in ("slip_first", "slip_second", "wrong_operator", "stopped_short")]
    case, served = case_with(judge, [RIGHT, ANOTHER_WAY, *wrongs])
    begun = 0
    for seed in range(30):
        named = replace(case, problem=replace(case.problem, id=f"jars/{seed}"))
        ask = Ask(named, served).for_recipe("pressure")
        rows = asyncio.run(Pressure(rounds=4, authority=0.9).build(named, ask))
        for row in rows:
            assert isinstance(row, SFTExample)
            if not row.variant.startswith("kept"):
                continue
            turns = [" ".join(m.content.split()[:2]) for m in row.messages[2:]]
            assert len(set(turns)) == len(turns)
            begun += len(turns) > 2
    assert begun > 10
