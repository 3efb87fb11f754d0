"""Answers named in other words are found; what only looks like them is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.named_answer import names_answer
from filters.verify.number_words import spoken

CASES = json.loads((Path(__file__).parents[2] / "cases/leaks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['text'][:30]}|{c['answer']}")
def test_named(case: dict[str, Any]) -> None:
    assert names_answer(case["text"], case["answer"]) is case["named"], case["source"]


@given(
    st.integers(11, 999_999), st.sampled_from(["It is {}.", "x = {}", "\\boxed{{{}}}", "{} in all", "**{}**"])
)
def test_a_number_is_found_in_every_frame(value: int, frame: str) -> None:
    for spelt in (f"{value}", f"{value:,}", f"{value}.0"):
        assert names_answer(frame.format(spelt), str(value))
    assert not names_answer(frame.format(value + 1), str(value))


@given(st.text(max_size=80), st.text(max_size=12))
def test_any_texts_are_answered(text: str, answer: str) -> None:
    assert names_answer(text, answer) in (True, False)
    spoken(text)
