"""What models wrote of steps, read by hand: the false is refused and the fair is taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.reflect import notices
from generators.step_corrections import explains
from generators.step_talk import approves, echoes, finds_fault, operations, sourced, to_oneself
from generators.thought_notes import fits_step, general

CASES = json.loads((Path(__file__).parents[1] / "cases/teacher_texts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['use']}|{c['text'][:40]}")
def test_texts_read_by_hand(case: dict[str, Any]) -> None:
    text, sources = case["text"], case["sources"]
    taken = {
        "notice": lambda: notices(text, sources),
        "key": lambda: fits_step(text, sources[0]),
        "general": lambda: general(text, "\n".join(sources)),
        "cause": lambda: explains(text, sources[0], sources[-1]),
    }[case["use"]]()
    assert taken is case["good"], case["source"]


def test_instructions_are_not_repeated() -> None:
    prompt = "The problem:\n\n2 + 2\n\nRewrite the guideline in one to three sentences so that it fits."
    assert echoes("Look for a rule. Rewrite the guideline in one to three sentences.", prompt)
    assert not echoes("The guideline fits in one sentence.", prompt)


def test_operations_are_read_from_signs_and_words() -> None:
    assert operations("3 × 4", "I added them") == {"*", "+"}
    assert operations("half of it") == {"/"}
    assert operations("a well-known rule") == set()


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_is_answered(text: str, source: str) -> None:
    assert sourced(text, source, text)
    assert not (finds_fault(text) and approves(text))
    assert to_oneself(text) in (True, False)
    assert echoes(text, source) in (True, False)
