"""Ways that ask a model, and locations known by construction."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.ask import Ask, LocateOptions
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.locating.construction import by_construction
from generators.locating.continuations import Value, by_continuations
from generators.locating.judged import question, read_judgement
from generators.roles import Role
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.injection import Check, Edit, Injection
from tests.world import Jars, case_of, tools

TEXT = "Step 1: 3 + 4 = 7\nStep 2: 7 + 5 = 12\nThe answer is \\boxed{12}."
ATTEMPT = Attempt(problem_id="p", text=TEXT, steps=split_steps(TEXT), model="m", policy="m", index=0)
GOOD = {"wrong": True, "step": 0, "quote": "3 + 4", "kind": "operator"}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def test_a_judgement_that_holds_is_kept() -> None:
    found = read_judgement(f"Here it is: {json.dumps(GOOD)}", ATTEMPT)
    assert found is not None
    assert (found.step, found.method, found.kind, found.proven) == (0, "judged", "operator", False)


@pytest.mark.parametrize(
    "change",
    [
        {"wrong": False},
        {"wrong": "yes"},
        {"step": 3},
        {"step": -1},
        {"step": True},
        {"step": "0"},
        {"quote": "7 + 5"},
        {"quote": "3+4"},
        {"quote": " "},
        {"quote": None},
    ],
    ids=str,
)
def test_a_judgement_that_does_not_check_is_thrown_away(change: dict[str, object]) -> None:
    assert read_judgement(json.dumps({**GOOD, **change}), ATTEMPT) is None


def test_a_kind_outside_the_taxonomy_is_unknown() -> None:
    found = read_judgement(json.dumps({**GOOD, "kind": "silliness"}), ATTEMPT)
    assert found is not None and found.kind == "unknown"


@given(st.text(max_size=80) | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_no_reply_makes_it_raise(reply: str) -> None:
    found = read_judgement(reply, ATTEMPT)
    assert found is None or 0 <= found.step < 3


def test_the_teacher_sees_reference_steps_and_kinds_and_is_believed_where_it_agrees(judge: Judge) -> None:
    async def run() -> None:
        served = tools(10, judge)
        case = await case_of(0, served)
        wrong = next(a for a in case.wrongs if a.text == Jars(0).wrong("misstated"))
        asked = question(Ask(case, served), wrong)
        assert case.problem.solution in asked and "[2]" in asked and "final_answer" in asked
        reply = json.dumps({"wrong": True, "step": 2, "quote": "The answer is", "kind": "final_answer"})
        teacher = Role(Scripted(replies={asked: (reply,)}, otherwise="").open(), Sampling())
        alone = replace(served, policy=None)
        without = await Ask(case, alone).locate(wrong)
        found = await Ask(case, replace(alone, teacher=teacher)).locate(wrong)
        assert without is not None and found is not None
        assert found.step == without.step == 2
        if without.confidence < 0.9:
            assert found.confidence > without.confidence and ("judged", 2) in found.others

    asyncio.run(run())


def test_wilsons_bounds_hold_the_share_and_narrow_with_samples() -> None:
    assert Value(None, 0).bounds == (0.0, 1.0)
    for right, tries in ((0, 8), (4, 8), (8, 8)):
        low, high = Value(right / tries, tries).bounds
        assert 0 <= low <= right / tries <= high <= 1
    assert Value(0.0, 8).bounds[1] == pytest.approx(0.2527, abs=1e-3)
    assert Value(0.0, 80).bounds[1] < Value(0.0, 8).bounds[1]


@pytest.mark.parametrize(("budget", "most"), [(0, 24), (12, 12), (2, 0)])
def test_a_budget_limits_the_continuations(
    budget: int, most: int, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[int] = []

    async def value(ask: Ask, prefix: str, n: int) -> Value:
        spent.append(n)
        return Value(0.0 if "3 + 4" in prefix else 0.75, n)

    async def run() -> None:
        served = replace(tools(10, judge), locate=LocateOptions(budget=budget))
        case = await case_of(0, served)
        wrong = next(a for a in case.wrongs if a.text == Jars(0).wrong("wrong_operator"))
        found = await by_continuations(Ask(case, served), wrong, 0)
        assert (found is None) == (most == 0)
        assert found is None or found.step == 0

    monkeypatch.setattr(Ask, "value", value)
    asyncio.run(run())
    assert sum(spent) <= most


def test_an_injection_is_known_where_it_was_proven() -> None:
    edit = Edit(4, 5, "9")
    base = Injection(
        injector="x", kind="calculation", original="3+4=7", text="3+4=9", edits=(edit,), step=0, answer="9"
    )
    assert not by_construction(base).proven
    found = by_construction(replace(base, checks=(Check("verdict", True),)))
    assert (found.proven, found.confidence, found.wrong, found.right) == (True, 1.0, "9", "7")
