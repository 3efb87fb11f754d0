"""Spans must mean exactly the text they were made of, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.exceptions import RecordError
from schemas.ids import nfc
from schemas.segment import SEGMENT_KINDS, Message, Segment, Span, best_cut, check_spans, compose

TEXTS = st.text(alphabet=st.sampled_from("ab1 =+.\n\t é😀漢"), max_size=12)
SEGMENTS = st.lists(st.builds(Segment, st.sampled_from(SEGMENT_KINDS), TEXTS), max_size=8)


@given(SEGMENTS)
def test_spans_tile_the_joined_text(segments: list[Segment]) -> None:
    text, spans = compose(segments, {"mistake": 0.0})
    assert text == "".join(s.text for s in segments)
    check_spans(spans, [Message("assistant", text)])
    assert "".join(text[s.start : s.end] for s in spans) == text


@given(SEGMENTS)
def test_only_white_space_changes_its_segment(segments: list[Segment]) -> None:
    text, spans = compose(segments, {})
    owner = [s.kind for s in spans for _ in range(s.start, s.end)]
    wanted = [s.kind for s in segments for _ in s.text]
    assert all(a == b for a, b, char in zip(owner, wanted, text, strict=True) if not char.isspace())


@given(TEXTS, st.integers(0, 12))
def test_a_cut_lies_before_spaces_and_after_newlines(text: str, at: int) -> None:
    cut = best_cut(text, min(at, len(text)))
    before, after = text[:cut], text[cut:]
    if before and after:
        assert before.endswith("\n") or not before[-1].isspace()
        blank = after[: len(after) - len(after.lstrip())]
        assert "\n" not in blank


def test_a_space_between_masked_and_learnt_goes_to_the_learnt_side() -> None:
    text, spans = compose([Segment("mistake", "41. "), Segment("correction", "Wait")], {"mistake": 0.0})
    assert [text[s.start : s.end] for s in spans] == ["41.", " Wait"]


def test_weights_name_kinds_and_default_to_learnt() -> None:
    _, spans = compose([Segment("mistake", "a"), Segment("correction", "b")], {"mistake": 0.25})
    assert [s.weight for s in spans] == [0.25, 1.0]


def test_text_that_changes_under_normalisation_is_refused() -> None:
    # "e" + a combining accent is one code point after NFC: every later offset would be off by one.
    with pytest.raises(RecordError, match="combining"):
        compose([Segment("prefix", "e"), Segment("mistake", "\u0301x")], {})
    assert nfc("e\u0301") == "é"


@pytest.mark.parametrize(
    "spans",
    [
        (),
        (Span(0, 1, "answer", 1.0),),
        (Span(0, 1, "answer", 1.0), Span(2, 3, "answer", 1.0)),
        (Span(0, 2, "answer", 1.0), Span(1, 3, "answer", 1.0)),
        (Span(0, 3, "answer", 1.0, message=1),),
    ],
)
def test_spans_with_gaps_overlaps_or_no_message_are_refused(spans: tuple[Span, ...]) -> None:
    with pytest.raises(RecordError):
        check_spans(spans, [Message("assistant", "abc")])


def test_user_messages_bear_no_spans() -> None:
    with pytest.raises(RecordError, match="not inside an assistant"):
        check_spans((Span(0, 3, "answer", 1.0),), [Message("user", "abc")])
