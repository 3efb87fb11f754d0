"""Step cutting: a table of judgements, properties of any text, and every real text."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.steps import StepStyle, split_steps
from schemas.attempt import check_tiling
from tests.shared import shared

CASES = json.loads((Path(__file__).parents[1] / "cases" / "steps.json").read_text("utf-8"))
STYLES: tuple[StepStyle, ...] = get_args(StepStyle)
DISPLAY = re.compile(r"\\\[.*?\\\]|\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)

PLAIN = st.text(alphabet="aB1 .!?\n,:", max_size=12)
PROSE = st.sampled_from(["\n\n", "1. ", "Step 2: ", ". Then ", "Therefore", "e.g. ", "$5 ", "- "])
WHOLE = st.builds(
    lambda fence, body: fence[0] + body + fence[1],
    st.sampled_from([("\\[", "\\]"), ("\\begin{align*}", "\\end{align*}"), ("\\(", ")\\)")]),
    st.text(alphabet="aB1 .\n", max_size=12).map(lambda t: re.sub(r"\n\s*\n", "\n", t)),
)
ODDS = st.sampled_from(
    ["\\[", "\\]", "$$", "$", "\\(", "\\)", "```\n", "\\begin{a}", "\\end{a}", "\\", "\x85"]
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['style']}:{c['text'][:30]!r}")
def test_a_text_is_cut_as_a_person_would(case: dict[str, object]) -> None:
    text = str(case["text"])
    assert [text[s.start : s.end] for s in split_steps(text, case["style"])] == case["steps"]  # type: ignore[arg-type]


@given(st.lists(st.one_of(PLAIN, PROSE, WHOLE, ODDS)).map("".join), st.sampled_from(STYLES))
def test_steps_tile_any_text_and_none_is_blank(text: str, style: StepStyle) -> None:
    steps = split_steps(text, style)
    check_tiling(steps, len(text))
    assert all(text[s.start : s.end].strip() for s in steps) or not text.strip()
    # White space goes with the step before it.
    assert not any(text[s.start].isspace() for s in steps[1:])


@given(st.text(), st.sampled_from(STYLES))
def test_steps_tile_any_unicode(text: str, style: StepStyle) -> None:
    check_tiling(split_steps(text, style), len(text))


@given(st.lists(st.one_of(PLAIN, PROSE.filter(lambda t: "$" not in t), WHOLE)), st.sampled_from(STYLES))
def test_no_display_and_no_inline_formula_is_cut(pieces: list[str], style: StepStyle) -> None:
    cuts = {s.start for s in split_steps("".join(pieces), style)}
    at = 0
    for piece in pieces:
        if piece.startswith("\\"):
            assert not cuts & set(range(at + 1, at + len(piece)))
        at += len(piece)


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("gsm8k_rollouts", "response"),
        ("math_rollouts", "response"),
        ("math_rollouts", "solution"),
        ("math500", "solution"),
        ("gsm8k_test", "solution"),
    ],
)
def test_real_texts_tile_and_keep_their_displays(file: str, column: str) -> None:
    for text in _texts(file, column):
        displays = [m.span() for m in DISPLAY.finditer(text) if text[max(m.start() - 1, 0)] != "\\"]
        for style in STYLES:
            steps = split_steps(text, style)
            check_tiling(steps, len(text))
            for start, end in displays:
                assert not any(start < s.start < end for s in steps), (text, style)


def _texts(file: str, column: str) -> Iterator[str]:
    with (shared("data") / f"{file}.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line)[column] for line in lines)


@pytest.mark.parametrize(
    "unit",
    r"\[ $$ $ \begin{a}¶¶ \[¶¶ $$¶¶ ```¶ ```p¶ .~ . 1.~a¶ ¶ ~ A:~b¶¶ \( \[x\] Step~1:¶ a.~".split(),  # noqa: SIM905
)
def test_hostile_texts_take_linear_time(unit: str) -> None:
    unit = unit.replace("¶", "\n").replace("~", " ")
    text = unit * (40_000 // len(unit))
    for style in STYLES:
        # A second try, because a busy machine is not the code's fault.
        assert _seconds(text, style) < 0.2 or _seconds(text, style) < 0.2


def _seconds(text: str, style: StepStyle) -> float:
    start = time.process_time()
    split_steps(text, style)
    return time.process_time() - start
