"""Right by luck: the same answer, computed in another way than the reference computes it."""

import json
from pathlib import Path

import pytest

from generators.by_luck import without_luck
from generators.solutions import REFERENCE, Solution
from generators.steps import split_steps

CASES = json.loads((Path(__file__).parent.parent / "cases" / "by_luck.json").read_text(encoding="utf-8"))


def solution(text: str, parent: str) -> Solution:
    return Solution(text, split_steps(text, "lines"), parent)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['source']}: {case['own'][:20]}")
def test_luck_is_told_from_another_order(case: dict[str, str]) -> None:
    own, reference = solution(case["own"], "a-1"), solution(case["reference"], REFERENCE)
    kept = without_luck([own, reference], case["statement"], case["answer"])
    assert kept == ([reference] if case["lucky"] else [own, reference])


@pytest.mark.parametrize("case", [c for c in CASES if c["lucky"]], ids=lambda case: case["source"])
def test_a_second_attempt_or_no_reference_speaks_for_an_attempt(case: dict[str, str]) -> None:
    own, second = solution(case["own"], "a-1"), solution(f"{case['own']}\nDone.", "a-2")
    reference = solution(case["reference"], REFERENCE)
    assert without_luck([own], case["statement"], case["answer"]) == [own]
    assert without_luck([own, second, reference], case["statement"], case["answer"]) == [
        own,
        second,
        reference,
    ]
