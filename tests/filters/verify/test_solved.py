"""The last line of an equation's solution: what solves the line before and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.equations import states_falsehood
from filters.verify.solved import solved_wrongly


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("so 2*x = -22\nStep 2: Divide both sides by 2: -22 / 2 = -11, so x = -1", True),
        ("so 2*x = -22\nStep 2: Divide both sides by 2: -22 / 2 = -11, so x = -11", False),
        ("3x = 33. So x = 1.", True),
        ("3x = 33. So x = 11.", False),
        ("2*x = 5\nx = 2.5", False),  # decimals are not read
        ("2*x = 6, so x = 6 / 2 = 3", False),
        ("2*x = 6 or x = 5", False),
        ("2*x = 6 and y = 5", False),
        ("x + 2*x = 6, so x = 2", False),  # a sum ends in the product
        ("a = 2, b = 3", False),
    ],
)
def test_solved_wrongly(text: str, wrong: bool) -> None:
    assert solved_wrongly(text) is wrong
    assert states_falsehood(text) is wrong


@given(st.integers(-30, 30).filter(bool), st.integers(-50, 50), st.integers(-50, 50))
def test_only_the_root_is_right(factor: int, root: int, said: int) -> None:
    assert solved_wrongly(f"so {factor}*x = {factor * root}\nso x = {said}") is (said != root)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert solved_wrongly(text) in (True, False)
