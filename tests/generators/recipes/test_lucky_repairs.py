"""Repairs that the policy goes on with: not those that end right by luck."""

import asyncio
from dataclasses import replace

import pytest

from filters.verify.math.judge import Judge
from generators.ask import Ask
from generators.repair import repairs
from tests.generators.recipes.asked import case_with, policy
from tests.world import Jars

SLIP = Jars(0).wrong("slip_first")


@pytest.mark.parametrize(("thing", "taken"), [("jars", True), ("badges", False)])
def test_a_mended_step_speaks_of_this_problem(judge: Judge, thing: str, taken: bool) -> None:
    slip = SLIP.replace("= 22", f"= 22 {thing}")
    case, served = case_with(judge, [slip])
    rest = "Step 2: 12 + 5 = 17\nThe answer is \\boxed{17}."
    mended = f"Step 1: 3 * 4 = 12 {thing}\n"
    door = Ask(case, replace(served, policy=policy([mended + rest]))).for_recipe("lemma")

    async def made() -> list[str]:
        (wrong,) = case.wrongs
        found = await door.locate(wrong)
        assert found is not None and found.method == "equations"
        return [r.step for r in await repairs(door, wrong, found)]

    assert (mended in asyncio.run(made())) is taken


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [("3 * 4 = 12", "12 + 5 = 17", True), ("4 * 5 = 20", "20 - 3 = 17", False)],
    ids=["as the reference", "by luck"],
)
def test_a_repair_is_no_luck(judge: Judge, first: str, second: str, taken: bool) -> None:
    case, served = case_with(judge, [SLIP])
    said = f"Step 1: {first}\nStep 2: {second}\nThe answer is \\boxed{{17}}."
    door = Ask(case, replace(served, policy=policy([said]))).for_recipe("lemma")

    async def made() -> list[str]:
        (wrong,) = case.wrongs
        found = await door.locate(wrong)
        assert found is not None and found.step == 0
        return [r.step + r.rest for r in await repairs(door, wrong, found)]

    assert (said in asyncio.run(made())) is taken
