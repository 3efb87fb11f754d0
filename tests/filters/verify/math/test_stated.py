"""Fields that hold an answer, bare or in a text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.math.stated import stated_answer

CASES = json.loads((Path(__file__).parents[3] / "cases" / "stated_answers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_field_states_this_answer(case: dict[str, str]) -> None:
    assert stated_answer(case["text"]) == case["answer"]


@given(st.from_regex(r"-?[0-9]{1,9}(\.[0-9]{1,4})?", fullmatch=True))
def test_a_number_states_itself_bare_boxed_and_at_the_end_of_a_sentence(number: str) -> None:
    assert stated_answer(number) == number
    assert stated_answer(f"So we get \\boxed{{{number}}} apples in the end") == number
    assert stated_answer(f"All in all the farmer then has ${number}$ apples left.") == number


@pytest.mark.parametrize(
    "text",
    [
        *(
            "\\" * 20_000,
            "$" * 20_000,
            "\\(" * 10_000,
            "\\boxed{" * 3000,
            "\\boxed{1} " * 2000,
            "1," * 10_000,
        ),
        *("A: \n" * 5000, "$$1" * 6000, "answer is " * 2000, "and " * 5000, "=" * 20_000, "(" * 20_000),
    ],
    ids=lambda text: text[:8],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    stated_answer(text)
    assert time.process_time() - began < 2  # a quadratic pattern takes minutes
