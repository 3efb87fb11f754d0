"""Equations in texts: found where they stand, judged carefully, put right in every place."""

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.equation import like
from filters.verify.equations import corrected, equations
from tests.shared import rows

CASES = json.loads((Path(__file__).parents[2] / "cases" / "equations.json").read_text(encoding="utf-8"))
PIECES = [
    "3",
    "4.5",
    "1,200",
    " + ",
    " = ",
    "=",
    "*",
    " x ",
    "(",
    ")",
    "<<3*4=12>>",
    "12",
    "%",
    "\\frac{1}{2}",
    " é ",
    "\n",
    "$",
]

ERRORS_IN_GSM8K_TRAIN = 10
"""Equations of the published solutions that are false as written (`2*8 = 24 hours`); each was looked at."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_text_states_these_equations(case: dict[str, Any]) -> None:
    text = case["text"]
    found = equations(text)
    assert len(found) == len(case["found"])
    for equation, expected in zip(found, case["found"], strict=True):
        assert (equation.left, equation.stated) == (expected["left"], expected["stated"])
        assert [text[a:b] for a, b in equation.result_spans] == expected["results"]
        assert equation.holds is expected["holds"]
        if equation.holds is False:
            assert corrected(text, equation) == expected["corrected"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_offsets_are_those_of_the_statement(text: str) -> None:
    for equation in equations(text):
        assert 0 <= equation.start < equation.end <= len(text)
        assert "=" in text[equation.start : equation.end]
        spans = [span for pair in equation.result_spans for span in pair]
        assert spans == sorted(spans) and equation.start < spans[0] and spans[-1] <= equation.end
        assert text[slice(*equation.result_spans[-1])] == equation.stated


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(1, 99), st.booleans(), st.booleans())
def test_a_corrected_equation_holds(a: int, b: int, off: int, noted: bool, commas: bool) -> None:
    wrong = f"{a + b + off:,}" if commas else str(a + b + off)
    note = f"<<{a}+{b}={a + b + off}>>" if noted else ""
    text = f"Então são {a} + {b} = {note}{wrong} ovos."
    (equation,) = equations(text)
    if equation.holds is None:  # a difference by 100 or 1000 times may be a unit
        return
    assert equation.holds is False
    mended = corrected(text, equation)
    assert mended is not None and mended.startswith("Então são ") and mended.endswith(" ovos.")
    (again,) = equations(mended)
    assert again.holds and again.stated_value == a + b


@pytest.mark.parametrize(
    ("written", "value", "number"),
    [
        ("1,500", 2600, "2,600"),
        ("4.50", 3, "3.00"),
        ("5", Fraction(7, 2), "3.5"),
        ("18.0", 12, "12.0"),
        ("900", 1200, "1200"),
    ],
)
def test_numbers_are_written_like_the_one_they_replace(written: str, value: Fraction, number: str) -> None:
    assert like(written, Fraction(value)) == number
    assert like(written, Fraction(1, 3)) is None


def test_published_gsm8k_solutions_hold() -> None:
    found = [e for row in rows("data/gsm8k_train.jsonl") for e in equations(row["solution"])]
    false = [e for e in found if e.holds is False]
    assert len(found) > 24_000
    assert len(false) <= ERRORS_IN_GSM8K_TRAIN, [(e.left, e.stated) for e in false]


def test_false_equations_of_real_attempts_are_put_right() -> None:
    attempts = rows("data/gsm8k_rollouts.jsonl")
    false = [(a["response"], e) for a in attempts for e in equations(a["response"]) if e.holds is False]
    assert len(false) >= 40
    for text, equation in false:
        mended = corrected(text, equation)
        if mended is None:
            continue
        again = [e for e in equations(mended) if e.start == equation.start]
        assert [e.holds for e in again] == [True], text[equation.start : equation.end]


@pytest.mark.parametrize(
    "text",
    [
        "1+1=" * 12_000,
        "1 = " + "(" * 49_000,
        "(" * 24_000 + ")" * 24_000 + "=1",
        "1+" * 20_000 + "1=2",
        "<<" * 20_000 + "=",
        "9^9^9^9 = 1\n" * 3000,
        "\\frac{" * 7000 + "=1",
        "1 x " * 12_000 + "=1",
        "1" * 49_000 + "+1=2",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    equations(text)
    # each side is read once; measured under 1 s
    assert time.process_time() - began < 6
