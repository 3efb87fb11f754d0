"""Equations in running text: a false `False` is the costliest mistake here."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.arithmetic import tokens_of
from filters.verify.equations import _of, corrected, equations, states_falsehood
from filters.verify.rounding import agrees
from filters.verify.statements import statements
from tests.shared import rows

CASES = json.loads((Path(__file__).parents[2] / "cases" / "equations.json").read_text(encoding="utf-8"))
PIECES = [
    "12",
    "7",
    "3.5",
    "1,200",
    " + ",
    " - ",
    " * ",
    "/",
    " = ",
    "$",
    "<<3+4=7>>",
    "7",
    " eggs ",
    "\n",
    "(",
    ")",
]
NUMBERS = st.integers(-999, 999)


@pytest.mark.parametrize("case", CASES, ids=[c["text"][:40] for c in CASES])
def test_what_a_text_states(case: dict[str, object]) -> None:
    found = [[e.left, e.stated, e.holds] for e in equations(str(case["text"]))]
    assert found == case["equations"], case["source"]


@pytest.mark.parametrize(
    ("text", "false"),
    [
        (
            r"area $\frac{1}{2} \times \frac{1}{2} \times \text{side}^2 = \frac{1}{2} \times \text{side}^2$",
            True,
        ),
        (
            r"$\frac{1}{2} \times \frac{1}{2} \times \text{side}^2 = \frac{1}{4} \times \text{side}^2 = 9$",
            False,
        ),
        (r"\[2 \times 3 \times \text{rate} = 5 \times \text{rate}\]", True),
        (r"\[2 \times 3 \times \text{rate} = 5 \times \text{time}\]", False),
        (r"\[2 \times 3 \times \text{side}^2 = 5 \times \text{side}\]", False),
        (r"\[2 \times 3 \times \text{rate} = 5 \times \text{rate} + 1\]", False),
        (r"\[1 + 2 \times 3 \times \text{rate} = 5 \times \text{rate}\]", False),
    ],
)
def test_a_quantity_in_words_is_taken_out_of_both_sides(text: str, false: bool) -> None:
    assert states_falsehood(text) is false


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_offsets_point_at_what_they_say(text: str) -> None:
    for equation in equations(text):
        assert 0 <= equation.start < equation.end <= len(text)
        for start, end in equation.result_spans:
            assert equation.start <= start < end <= equation.end
            assert any(char.isdigit() for char in text[start:end])


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    assert all(e.left and e.stated for e in equations(text + "=" + text))


@given(NUMBERS, NUMBERS, st.sampled_from("+-*"), NUMBERS)
def test_whole_number_sums_are_judged_exactly(left: int, right: int, sign: str, stated: int) -> None:
    value = {"+": left + right, "-": left - right, "*": left * right}[sign]
    written = f"{left} {sign} {right}" if right >= 0 else f"{left} {sign} ({right})"
    assert [e.holds for e in equations(f"Step 1: {written} = {value}")] == [True]
    # A ratio of 100, 1,000 or a million may be a change of units: then nothing is said.
    ratios = {Fraction(value, stated), Fraction(stated, value)} if value and stated else set()
    scaled = bool(ratios & {100, 1000, 10**6})
    assert [e.holds for e in equations(f"Step 1: {written} = {stated}")] == [
        None if scaled else stated == value
    ]


@given(NUMBERS, st.integers(0, 999), NUMBERS)
def test_a_corrected_text_holds_and_changes_nothing_else(left: int, right: int, stated: int) -> None:
    text = f"So she has {left} + {right} = <<{left}+{right}={stated}>>{stated} eggs, not 5."
    mended = corrected(text, equations(text)[0])
    assert (
        mended
        == f"So she has {left} + {right} = <<{left}+{right}={left + right}>>{left + right} eggs, not 5."
    )


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("It costs 2 * $3.50 = $8.00.", "It costs 2 * $3.50 = $7.00."),
        ("1,000 * 3 = 2,000", "1,000 * 3 = 3,000"),
        ("1 / 4 = 0.3 and", None),  # may be rounded: nothing to correct
        ("1 / 4 = 2", "1 / 4 = 0.25"),
        ("4 / 3 = 2.5", None),  # no short decimal form
    ],
)
def test_results_are_corrected_in_their_own_form(text: str, mended: str | None) -> None:
    equation = equations(text)[0]
    assert (corrected(text, equation) if equation.holds is False else None) == mended


@pytest.mark.parametrize(
    ("value", "written", "expected"),
    [
        ("100/3", "33.33", True),
        ("100/3", "33.333333333333336", True),
        ("100/3", "33.3", None),
        ("100/3", "33", None),
        ("100/3", "34", None),
        ("100/3", "35", False),
        ("5/2", "2.4", False),
        ("2", "2.01", False),
        ("2/3", "0.66", True),
        ("2/3", "0.67", True),
        ("2/3", "0.68", False),
    ],
)
def test_honest_rounding_is_not_a_mistake(value: str, written: str, expected: bool | None) -> None:
    assert agrees(Fraction(value), Fraction(written), written) is expected


def test_reference_solutions_state_almost_nothing_false() -> None:
    # Looked at one by one: each of them is false in GSM8K itself (docs/log.md).
    found = [e for row in rows("data/gsm8k_train.jsonl") for e in equations(row["solution"])]
    assert len(found) > 24_000
    assert sum(e.holds is False for e in found) <= 16


LINES = [
    *PIECES,
    "x",
    "2 x",
    "\\frac{3",
    "}{4}",
    "\\frac{1}{2}",
    "\\times",
    "\\boxed{7}",
    "- ",
    "1/2",
    " half of ",
]


@given(st.lists(st.sampled_from([*LINES, "\n", "."]), max_size=25).map("".join))
def test_reading_line_by_line_finds_what_reading_at_once_finds(text: str) -> None:
    at_once = [e for statement in statements(tokens_of(text)) for e in _of(statement)]
    assert list(equations(text)) == (at_once if "=" in text else [])
