"""First wrong steps, in a world where they are known."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from filters.verify.math.judge import Judge
from generators.ask import Ask, LocateOptions, Tools
from generators.attempts import judged
from generators.locate import plain_number, read_whole
from generators.locating.continuations import Value
from generators.repair import repairs
from generators.solutions import answer_form, computes, finished_reference
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.location import Location
from schemas.problem import Problem
from tests.world import MISTAKES, Jars, case_of, tools

TRUTH = {
    "slip_first": (0, "equations", "calculation"),
    "slip_second": (1, "equations", "calculation"),
    "wrong_operator": (0, "reference", "operator"),
    "stopped_short": (1, "answer", "missing_step"),
    "misstated": (2, "answer", "final_answer"),
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def located(number: int, served: Tools, case_tools: Tools | None = None) -> dict[str, Location | None]:
    """Location of every wrong attempt of a case, by its known mistake."""

    async def run() -> dict[str, Location | None]:
        case = await case_of(number, served)
        ask = Ask(case, case_tools or served)
        known = {Jars(number).wrong(m): m for m in MISTAKES}
        return {known[a.text]: await ask.locate(a) for a in case.wrongs}

    return asyncio.run(run())


@pytest.mark.parametrize("number", [0, 3, 6])
def test_known_mistakes_are_found_without_a_model(number: int, judge: Judge) -> None:
    found = located(number, tools(10, judge), Tools(judge=judge))
    assert {m: (f.step, f.method, f.kind) for m, f in found.items() if f} == TRUTH
    assert {m for m, f in found.items() if f and f.proven} == {"slip_first", "slip_second"}


def test_a_model_that_still_gets_there_proves_that_only_the_answer_is_wrong(judge: Judge) -> None:
    found = located(0, tools(10, judge))
    assert {m for m, f in found.items() if f and f.proven} == set(TRUTH) - {"wrong_operator"}


def test_without_any_right_solution_a_false_equation_is_found_but_not_proven(judge: Judge) -> None:
    # Problem 6 has no right attempt; without the reference nothing vouches for the steps before.
    blind = Tools(judge=judge, locate=LocateOptions(reference=False))
    found = located(6, tools(10, judge), blind)
    assert {m for m, f in found.items() if f} == {"slip_first", "slip_second"}
    # A first step that is false needs nobody to vouch for what stands before it.
    assert {m for m, f in found.items() if f and f.proven} == {"slip_first"}


def test_continuations_find_a_mistake_that_states_nothing_false(judge: Judge) -> None:
    lenient = replace(tools(10, judge), locate=LocateOptions(drop=0.2))
    wrong = located(0, tools(10, judge), lenient)["wrong_operator"]
    assert wrong is not None and (wrong.step, wrong.method) == (0, "continuations")


def test_a_rarely_solved_problem_is_not_located_by_chance(judge: Judge) -> None:
    # Two of seven answers are right: none of eight after a step says little then.
    wrong = located(0, tools(10, judge))["wrong_operator"]
    assert wrong is not None and wrong.method == "reference"


@pytest.mark.parametrize(
    ("step", "whole"),
    [
        ("Step 2: 12 + 9 = 21\n", True),
        ("2. 12 + 9 = 21, so 21 it is", False),
        ("In the first 19 days she walks 2 * 10 = 20 miles.", False),
        ("Subtract 4*x from both sides: 13 - 4 = 9, so 9*x - 59 = -13", False),
        ("She has 16 - 3 = <<16-3=13>>13 eggs left.", True),
        ("Let me think.", True),
    ],
)
def test_a_step_is_read_whole_when_every_number_stands_in_an_equation(step: str, whole: bool) -> None:
    assert read_whole(step) is whole


def test_repairs_keep_the_prefix_and_verify(judge: Judge) -> None:
    async def run() -> list[tuple[Case, Attempt, Location, str, str]]:
        made = []
        for number in range(8):
            case = await case_of(number, tools(10, judge))
            ask = Ask(case, tools(10, judge))
            for wrong in case.wrongs:
                found = await ask.locate(wrong)
                assert found is not None
                made += [
                    (case, wrong, found, r.step + r.rest, r.how)
                    for r in await repairs(ask, wrong, found, most=3)
                ]
        return made

    made = asyncio.run(run())
    assert len(made) > 20
    assert {how for *_, how in made} >= {"corrected", "sibling"}
    for case, wrong, found, rest, _ in made:
        assert judge.verdict(case.problem, wrong.before(found.step) + rest).is_right
        assert not rest.startswith(wrong.step_text(found.step).strip() + "\n")


def test_the_reference_ends_as_the_attempts_do(judge: Judge) -> None:
    case = asyncio.run(case_of(0, tools(3, judge)))
    assert answer_form(case.attempts) == "The answer is \\boxed{{{}}}."
    reference = finished_reference(case, "auto", judge)
    assert reference is not None
    assert judge.verdict(case.problem, reference.text).is_right


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("3 + 4 = 7\nA: 7", "7", True),
        ("90 - 180 = -90\nA: 90", "90", False),  # right by luck
        ("7, as anybody can see", "7", True),
        ("3 + 4 = 7, so it is red", "red", True),
    ],
)
def test_a_right_answer_that_no_equation_gives_is_no_right_solution(
    text: str, answer: str, expected: bool
) -> None:
    assert computes(text, answer) is expected


@pytest.mark.parametrize(("value", "text"), [("8", "8"), ("-3/2", "-1.5"), ("1/3", "1/3"), ("1/8", "0.125")])
def test_numbers_are_written_as_a_person_writes_them(value: str, text: str) -> None:
    from fractions import Fraction

    assert plain_number(Fraction(value)) == text


def test_continuations_without_a_verdict_locate_nothing(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = tools(10, judge)
    case = asyncio.run(case_of(0, served))
    wrong = next(a for a in case.wrongs if a.text == Jars(0).wrong("wrong_operator"))

    async def value(ask: Ask, prefix: str, n: int) -> Value:
        return Value(None, 0) if prefix else Value(0.5, n)

    monkeypatch.setattr(Ask, "value", value)
    found = asyncio.run(Ask(case, served).locate(wrong))
    assert found is not None and found.method == "reference"


def test_no_repair_takes_one_number_for_another(judge: Judge) -> None:
    """An 8 that is 5 + 3 dollars is not the 16 / 2 glasses of the solution, whose rest then makes no sense."""
    paid = "He pays 8 * 3 = 24 and 8 * 5 = 40.\n"
    solution = f"Each one costs 5 * 0.6 = 3.\nHe buys 16 / 2 = 8 of them.\n{paid}That is 24 + 40 = 64.\nA: 64"
    wrong = "Each one costs 5 * 0.6 = 3.\nTwo cost 5 + 3 = 8.\nHe pays 16 * 8 = 128.\nA: 128"
    same = "Each one costs 5 * 0.6 = 3.\nHalf of them are 16 / 2 = 8.\nHe pays 16 * 8 = 128.\nA: 128"
    unread = "Let g = h + 3, so g = 3.\nLet k = 8 for now.\nHe pays 16 * 8 = 128.\nA: 128"
    statement = "One costs 5 dollars, every second one 0.6 of the price. What do 16 cost?"
    problem = Problem(id="p", statement=statement, answer="64", solution=solution, source="t", licence="MIT")
    served = Tools(judge=judge)

    async def how(text: str) -> list[str]:
        steps = split_steps(text, "lines")
        attempt = Attempt(problem_id="p", text=text, steps=steps, model="m", policy="m", index=0)
        case = Case(problem, (await judged(problem, attempt, judge),))
        ask = Ask(case, served)
        return [r.step for r in await repairs(ask, case.attempts[0], Location(2, "reference", proven=False))]

    assert asyncio.run(how(wrong)) == [] and asyncio.run(how(unread)) == []
    assert asyncio.run(how(same)) == [paid]
