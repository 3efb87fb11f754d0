"""Checks by computing again: every equation they state is true, and they stop before a false one."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.equations import equations
from generators.checking import recheck
from generators.prompts import rechecks
from generators.substitution import substituted
from tests.generators.prompts.banks import fields, problems_of

NUMBERS = st.integers(1, 5000).map(str) | st.decimals("0.01", "99.99", places=2).map(str)
TERMS = st.lists(NUMBERS, min_size=2, max_size=5)


def expression(numbers: list[str], signs: list[str]) -> str:
    text = numbers[0]
    for sign, number in zip(signs, numbers[1:], strict=False):
        text += f" {sign} {number}"
    return text


@st.composite
def solutions(draw: st.DrawFn) -> str:
    """Lines of arithmetic, some of them false."""
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        numbers = draw(TERMS)
        left = expression(numbers, draw(st.lists(st.sampled_from("+-*/"), min_size=4, max_size=4)))
        value = eval(left.replace("/", "//")) if draw(st.booleans()) else draw(st.integers(-99, 9999))
        lines.append(f"Step: {left} = {value}")
    return "\n".join(lines)


@given(solutions(), st.integers(0, 10_000), st.integers(1, 4))
def test_every_equation_in_a_check_holds(text: str, seed: int, most: int) -> None:
    made = recheck(text, random.Random(seed), most)
    assert len(made.sentences) <= most
    for sentence in made.sentences:
        stated = equations(sentence)
        assert len(stated) >= 2 and all(e.holds is True for e in stated), sentence


@given(solutions(), st.integers(0, 10_000))
def test_a_check_ends_before_the_first_false_equation(text: str, seed: int) -> None:
    made = recheck(text, random.Random(seed), 9)
    first = next((e for e in equations(text) if e.holds is False), None)
    assert (made.false is None) == (first is None)
    if first is not None and made.false is not None:
        assert (made.false.left, made.false.stated) == (first.left, first.stated)
        earlier = {e.left for e in equations(text[: first.start])}
        tested = {e.left for s in made.sentences for e in equations(s)}
        assert not made.sentences or tested & earlier


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12 * 7 = 84", {"84 / 7 = 12", "84 / 12 = 7"}),
        ("84 - 9 = 75", {"75 + 9 = 84"}),
        ("3 - 9 = -6", {"-6 + 9 = 3"}),
        ("90 / 4 = 22.5", {"22.5 * 4 = 90"}),
        ("2 + 3 + 4 = 9", {"4 + 3 + 2 = 9"}),
        ("3 * 4 + 5 = 17", {"3 * 4 = 12 and 12 + 5 = 17"}),
        ("23 * 48 = 1104", {"1104 / 48 = 23", "1104 / 23 = 48", "20 * 50 = 1000"}),
    ],
)
def test_how_an_equation_is_tested(text: str, said: set[str]) -> None:
    found = {s for s in said for seed in range(60) if s in recheck(text, random.Random(seed)).sentences[0]}
    assert found == said


@pytest.mark.parametrize(
    "text", ["10 / 3 = 3.33", "2 * (3 + 4) = 14", "20% of 50 = 10", "7 * 0 = 0", "x = 4", "1/3 + 1/3 = 2/3"]
)
def test_what_is_not_tested_is_not_spoken_of(text: str) -> None:
    made = recheck(text, random.Random(1))
    assert made.sentences == () and made.false is None


def test_the_last_equation_is_always_among_those_tested() -> None:
    text = "1 + 2 = 3. 3 + 4 = 7. 7 + 5 = 12. 12 + 6 = 18. 18 + 7 = 25."
    for seed in range(20):
        made = recheck(text, random.Random(seed), 2)
        assert len(made.sentences) == 2 and "18 + 7 = 25" in made.sentences[-1] and made.whole


@pytest.mark.parametrize(
    ("statement", "answer", "holds"),
    [
        ("Solve 3*x + 4 = 19 for x.", "5", True),
        ("Solve 3*x + 4 = 19 for x.", "6", False),
        ("Find x if 4*(x + 3) = 2*x - 8.", "-10", True),
        ("Solve the equation 3x - 4 = 2(x + 5).", "14", True),
        ("What is the value of $n$ if $2n = 9$?", "4.5", True),
        ("If 3x + 4 = 19, find 2x + 1.", "11", None),
        ("If 3x + 4 = 19, what is 2x?", "10", None),
        ("Solve x^2 = 9 for x.", "3", None),
        ("Solve 2x + 3y = 4 for x.", "1", None),
        ("Solve 3x = 6 for x.", "two", None),
        ("If a = 3 and a + b = 5, find b.", "2", None),
        ("What is 3 + 4?", "7", None),
    ],
)
def test_substitution_only_where_the_unknown_itself_is_asked_for(
    statement: str, answer: str, holds: bool | None
) -> None:
    found = substituted(statement, answer)
    assert (found.holds if found else None) is holds


@given(st.integers(1, 50), st.integers(-50, 50), st.integers(1, 200), st.integers(-60, 60))
def test_substitution_computes_both_sides(a: int, b: int, c: int, x: int) -> None:
    sign = "+" if b >= 0 else "-"
    found = substituted(f"Find x if {a}*x {sign} {abs(b)} = {c}.", str(x))
    assert found is not None
    assert found.left == Fraction(a * x + b) and found.right == c
    assert all(e.holds is True for e in equations(found.check)) or not found.holds


@pytest.mark.parametrize(
    ("bank", "wanted"),
    [
        ("HOLDS", {"equation", "check"}),
        ("NEAR", {"equation", "check"}),
        ("FITS", {"name", "value", "equation", "check"}),
        ("FAILS", {"name", "value", "equation", "left", "right"}),
        ("ELSEWHERE", set()),
    ],
)
def test_banks_of_rechecks(bank: str, wanted: set[str]) -> None:
    texts = getattr(rechecks, bank)
    assert problems_of(texts) == []
    assert all(fields(text) == wanted for text in texts)
