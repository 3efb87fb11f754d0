"""First wrong steps and kinds of mistakes: cases with reasons, and what holds for any text."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.ask import Ask, Tools
from generators.attempts import BroughtAttempt, brought
from generators.locating.ensemble import WAYS, agreed, symbolic, together
from generators.locating.flow import Evidence
from generators.locating.known import known_of
from generators.solutions import REFERENCE, Solution
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.errors import KINDS
from schemas.location import Location
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict
from tests.shared import rows

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[2] / "cases" / "diagnoses.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def found_in(case: dict[str, Any], judge: Judge) -> Location | None:
    problem = Problem(statement=case["statement"], answer=case["answer"], solution=case["reference"])
    (attempt,) = brought(problem, [BroughtAttempt(case["text"], "m", 0)], "auto")
    attempt = replace(attempt, verdict=judge.verdict(problem, attempt.text))
    return Ask(Case(problem, (attempt,)), Tools(judge=judge)).glance(attempt)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_the_first_wrong_step_and_its_kind(case: dict[str, Any], judge: Judge) -> None:
    found = found_in(case, judge)
    assert (found.step if found else None) == case["step"], case["reason"]
    if case["kind"] is not None:
        assert (found.kind if found else "unknown") == case["kind"], case["reason"]
    if case["how"] is not None:
        assert found is not None and found.method == case["how"], case["reason"]


def test_a_sure_location_is_never_one_of_the_doubtful_cases(judge: Judge) -> None:
    doubtful = {"harmless aside", "number from nowhere", "latex identity", "stopped short"}
    for case in CASES:
        found = found_in(case, judge)
        assert found is None or case["name"] not in doubtful or found.confidence < 0.9, case["name"]


_NUMBER = st.integers(0, 60).map(str)
_LINE = st.one_of(
    st.builds("{} {} {} = {}".format, _NUMBER, st.sampled_from("+-*/"), _NUMBER, _NUMBER),
    st.builds("so {} of the eggs".format, _NUMBER),
    st.sampled_from(
        ["\\[x^2 = 4\\]", "A: 7", "<<3*4=12>>", "(((", "= = 3", "1/0 = 2", "", "$\\frac{1}{0} = 2$"]
    ),
    st.text(max_size=20),
)
_TEXT = st.lists(_LINE, min_size=1, max_size=7).map("\n".join)


def evidence(statement: str, reference: str, text: str) -> Evidence:
    solution = Solution(reference, split_steps(reference), REFERENCE)
    wrong = Verdict(Outcome.WRONG, "mismatch", "exact", "7")
    attempt = Attempt(
        problem_id="p", text=text, steps=split_steps(text), model="m", policy="m", index=0, verdict=wrong
    )
    return Evidence(statement, attempt, known_of([solution], statement))


@settings(max_examples=150, deadline=None)
@given(statement=_TEXT, reference=_TEXT, text=_TEXT)
def test_no_text_makes_a_way_raise_or_point_outside(statement: str, reference: str, text: str) -> None:
    seen = evidence(statement, reference, text)
    for way in WAYS:
        found = way.look(seen)
        if found is not None:
            assert 0 <= found.step < len(seen.attempt.steps)
            assert 0 <= found.confidence <= 1
            assert found.method == way.name and found.kind in KINDS
    assert symbolic(seen) == symbolic(evidence(statement, reference, text))


@settings(max_examples=60, deadline=None)
@given(text=_TEXT)
def test_a_solution_compared_with_itself_states_nothing_strange(text: str) -> None:
    seen = evidence("", text, text)
    found = symbolic(seen)
    assert found is None or found.method in {"equations", "identities", "answer"}


def test_the_earliest_step_wins_and_what_others_said_is_kept() -> None:
    early, late = Location(1, "reference", False, confidence=0.7), Location(3, "numbers", False)
    both = together([late, early])
    assert both is not None and (both.step, both.others, both.agreement) == (1, (("numbers", 3),), 0.0)
    proven = replace(late, method="equations", proven=True)
    assert together([early, proven]) == replace(proven, others=(("reference", 1),), agreement=0.0)


def test_agreement_halves_the_doubt_and_a_quarrel_is_kept() -> None:
    one, other = (
        Location(1, "reference", False, confidence=0.6),
        Location(1, "judged", False, "operator", confidence=0.5),
    )
    assert agreed(one, other).confidence == pytest.approx(0.8)
    assert agreed(one, other).kind == "operator"
    quarrel = agreed(one, replace(other, step=2))
    assert (quarrel.step, quarrel.confidence, quarrel.others, quarrel.agreement) == (
        1,
        0.6,
        (("judged", 2),),
        0.0,
    )


def test_what_was_read_row_by_row_stays_as_it_was_read(judge: Judge) -> None:
    """The rows read for docs/log.md: at least 95 % of what is still claimed as sure is as read."""
    problems = {row["id"]: row for row in rows("data/gsm8k_test.jsonl")}
    rollouts: dict[str, list[dict[str, Any]]] = {}
    for row in rows("data/gsm8k_rollouts.jsonl"):
        rollouts.setdefault(row["problem_id"], []).append(row)
    read = json.loads(
        (Path(__file__).resolve().parents[2] / "cases" / "diagnoses_read.json").read_text("utf-8")
    )
    sure = right = 0
    for number, model, step, _ in read["rows"]:
        key = f"gsm8k/test/{number}"
        row = problems[key]
        problem = Problem(statement=row["question"], answer=row["answer"], solution=row["solution"])
        texts = [BroughtAttempt(r["response"], r["model"], n) for n, r in enumerate(rollouts[key])]
        attempts = [
            replace(a, verdict=judge.verdict(problem, a.text)) for a in brought(problem, texts, "auto")
        ]
        wanted = next(a for a in attempts if a.model == f"gpt3-{model}")
        found = Ask(Case(problem, tuple(attempts)), Tools(judge=judge)).glance(wanted)
        if found is not None and found.confidence >= 0.9:
            sure += 1
            right += found.step == step
    assert sure >= 60
    assert right / sure >= 0.95


def test_numbers_of_a_statement_are_found_in_words_and_digits() -> None:
    from generators.locating.stated import stated_numbers

    found = stated_numbers("Half of the twenty-five boxes, 2 1/2 dozen, hold 30% of 1,200.")
    assert {
        Fraction(1, 2),
        Fraction(25),
        Fraction(5, 2),
        Fraction(12),
        Fraction(3, 10),
        Fraction(1200),
    } <= found
