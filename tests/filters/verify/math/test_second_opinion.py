"""math-verify and the evaluation together: a table of what they say."""

import json
from pathlib import Path

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.math.numeric_value import NoValue, Point, value
from filters.verify.math.second_opinion import differs
from filters.verify.math.worker import opinion

CASES = json.loads((Path(__file__).parents[3] / "cases" / "second_opinion.json").read_text(encoding="utf-8"))
X = sympy.Symbol("x", real=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['reference']} | {case['answer']}"[:60])
def test_two_opinions_together_say(case: dict[str, str]) -> None:
    assert opinion(case["reference"], case["answer"], None)["word"] == case["word"]


@settings(max_examples=60)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=4), st.integers(0, 3), st.integers(1, 5))
def test_a_polynomial_differs_from_itself_changed_and_not_from_itself_written_otherwise(
    coefficients: list[int], at: int, change: int
) -> None:
    one = sum((c * X**n for n, c in enumerate(coefficients)), sympy.S.Zero)
    nested = sympy.S.Zero
    for c in reversed(coefficients):
        nested = sympy.Add(sympy.Mul(nested, X, evaluate=False), c, evaluate=False)
    assert differs(one, nested) is False
    assert differs(one, nested + change * X**at) is True


def test_odd_roots_of_negative_numbers_are_real_where_asked() -> None:
    root = sympy.Pow(sympy.Integer(-8), sympy.Rational(1, 3), evaluate=False)
    assert value(root, Point({}, real_roots=True)) == -2
    assert mpmath.im(value(root, Point({}, real_roots=False))) != 0


def test_what_is_too_large_has_no_value() -> None:
    for node in (
        sympy.Pow(10, sympy.Pow(10, 30, evaluate=False), evaluate=False),
        sympy.factorial(X + 10**9),
    ):
        with pytest.raises(NoValue):
            value(node, Point({"x": mpmath.mpf(1)}))


def test_decimals_are_compared_to_so_many_places_only_where_asked() -> None:
    pair = "\\begin{pmatrix}\\frac13\\\\ \\frac15\\end{pmatrix}", "\\begin{pmatrix}0.33\\\\0.2\\end{pmatrix}"
    assert opinion(*pair, 2)["word"] == "rounded"
    assert opinion(*pair, 3)["word"] == opinion(*pair, None)["word"] == "unconfirmed"
