"""The exact comparison, by tables and by properties."""

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.math.exact import compare
from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from schemas.verdict import Outcome

_TABLES = Path(__file__).parents[3] / "cases"
CASES = json.loads((_TABLES / "equality.json").read_text(encoding="utf-8"))
SHAPES = json.loads((_TABLES / "equality_shapes.json").read_text(encoding="utf-8"))
OPTIONS = JudgeOptions()
FRACTIONS = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=999)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['reference'][:30]} {case['answer'][:30]}")
def test_these_answers_get_this_verdict(case: dict[str, Any]) -> None:
    # no pair of the table needs a worker: what they cannot decide is screened out
    with Judge(JudgeOptions(symbolic=False)) as judge:
        verdict = judge.equal(case["reference"], case["answer"])
    assert (verdict.outcome.value, verdict.reason) == (case["outcome"], case["reason"])


@pytest.mark.parametrize("case", SHAPES, ids=lambda case: f"{case['reference'][:30]} {case['answer'][:30]}")
def test_these_shapes_get_this_verdict_both_ways(case: dict[str, Any]) -> None:
    for pair in ((case["reference"], case["answer"]), (case["answer"], case["reference"])):
        verdict = compare(*pair, OPTIONS)
        assert verdict is not None
        assert (verdict.outcome.value, verdict.reason) == (case["outcome"], case["reason"])


@given(FRACTIONS, FRACTIONS)
def test_fractions_are_equal_exactly_when_their_values_are(one: Fraction, other: Fraction) -> None:
    latex = f"\\frac{{{other.numerator}}}{{{other.denominator}}}"
    verdict = compare(str(one), latex, OPTIONS)
    assert verdict is not None
    assert verdict.outcome is (Outcome.RIGHT if one == other else Outcome.WRONG)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_are_compared_without_an_error(one: str, other: str) -> None:
    verdict = compare(one, other, OPTIONS)
    assert verdict is None or verdict.reason


@given(st.text(alphabet="0123456789.,/\\{}()[]-+*^_$% =abcxfrsqtpimd", max_size=40))
def test_a_text_is_never_different_from_itself_in_other_dress(text: str) -> None:
    verdict = compare(text, f"${text}$", OPTIONS)
    assert verdict is None or verdict.outcome is not Outcome.WRONG


@given(st.sampled_from(CASES))
def test_the_comparison_is_symmetric(case: dict[str, Any]) -> None:
    forth = compare(case["reference"], case["answer"], OPTIONS)
    assert forth == compare(case["answer"], case["reference"], OPTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 999 + "!",
        "a-" * 499,
        "(" * 999,
        "1," * 499,
        "\\frac" * 199,
        "\\sqrt" * 199,
        "1^" * 499,
        "{(" * 499,
        "\\sqrt{99999989}+" * 24 + "1",
        "(a+b+c+d)^" * 40 + "2",
        "9^" * 9 + "9",
        "1 " * 499,
        "x=" * 499,
        "\\pm" * 300,
        "2^{4000}*" * 40 + "1",
        "[" * 300 + "1" + "]" * 300,
        "\\boxed{" * 140,
        "5 " + "a " * 490,
        "\\text{" * 160,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    for other in ("1", "x = 5", text[:-1]):
        compare(other, text, OPTIONS)
        compare(text, other, OPTIONS)
    # measured: under 0.1 s for each of them, where one backtracking pattern would take hours
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("options", "reference", "answer", "outcome"),
    [
        (JudgeOptions(percent="fraction"), "0.18", "18\\%", Outcome.RIGHT),
        (JudgeOptions(percent="fraction"), "18", "18\\%", Outcome.UNKNOWN),
        (JudgeOptions(ordered_lists=True), "1, 2", "2, 1", Outcome.WRONG),
        (JudgeOptions(close_ratio=0), "3.1416", "\\pi", Outcome.UNKNOWN),
    ],
)
def test_policies_are_options(options: JudgeOptions, reference: str, answer: str, outcome: Outcome) -> None:
    verdict = compare(reference, answer, options)
    assert verdict is not None and verdict.outcome is outcome
