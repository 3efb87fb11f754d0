"""Answers are found where texts state them, and their offsets are theirs."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.math.extract import extract_answer

CASES = json.loads((Path(__file__).parents[3] / "cases" / "extraction.json").read_text(encoding="utf-8"))
PIECES = st.sampled_from(
    [
        "\\boxed{",
        "}",
        "{",
        "1",
        "42",
        "A: ",
        "Answer: ",
        "#### ",
        "\n",
        "the answer is ",
        "$",
        "**",
        ". ",
        "é",
        "x = ",
    ]
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_text_states_this_answer(case: dict[str, Any]) -> None:
    found = extract_answer(case["text"], case["explicit_only"])
    assert (found and (found.answer, found.how)) == (case["answer"] and (case["answer"], case["how"]))


@given(st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join), st.booleans())
def test_offsets_are_those_of_the_answer(text: str, explicit_only: bool) -> None:
    found = extract_answer(text, explicit_only)
    if found is not None:
        assert text[found.start : found.end] == found.answer
        assert found.answer.strip()
        assert not explicit_only or found.how != "last_line"


@pytest.mark.parametrize(
    "text",
    [
        "\\boxed{" * 20_000,
        "\\boxed{" * 1400 + "}" * 1400,
        "\\boxed{1} " * 2000,
        "\\( 1 " * 3000,
        "A: \n" * 5000,
        "the answer is " * 1500,
        "answer to " * 2000,
        "$" * 20_000 + "1",
        "1" * 19_000,
        "a 1" * 6000,
        "*" * 20_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    extract_answer(text)
    # one scan a box, or a pattern that goes back over its tries, would take minutes
    assert time.process_time() - began < 3
