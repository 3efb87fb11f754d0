"""Whatever a text holds, Markdown shows it and nothing breaks round it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.card.markdown import fenced, table
from pipelines.figures.grid import Code, Share, grid
from tests.pipelines.pages.made import HOSTILE

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
TEXTS = st.one_of(
    st.text(), st.text(alphabet="|\\`*_<>[]#~&$!()-+= \n\r\tab1", max_size=30), st.sampled_from(HOSTILE)
)


def as_read(text: str) -> str:
    """What a reader should see of a text in a cell: one line, no control characters."""
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "\ufffd", text)).strip()


def cells(lines: list[str]) -> list[list[str]]:
    """The texts of a Markdown table's body."""
    tokens = PARSER.parse("\n".join(lines))
    kinds = [t.type for t in tokens]
    assert kinds[0] == "table_open" and kinds[-1] == "table_close" and kinds.count("table_open") == 1
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline":
            rows[-1].append("".join(child.content for child in token.children or []))
    return rows[1:]


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_a_table_shows_every_text_in_its_own_cell(pairs: list[tuple[str, str]]) -> None:
    shown = cells(table(grid(("one", "two", "three"), ((plain, Code(code), 1) for plain, code in pairs))))
    numbers = [row[-1] for row in shown]
    assert numbers == ["1"] * len(pairs)
    for row, (plain, code) in zip(shown, pairs, strict=True):
        assert row[0] == as_read(plain)
        if len(row) == 3:  # a column that is empty everywhere is left out
            assert row[1] == as_read(code)
        else:
            assert not as_read("".join(code for _, code in pairs)) or not any(c for _, c in pairs)


@settings(max_examples=100)
@given(TEXTS)
def test_a_fence_holds_any_text_to_its_end(text: str) -> None:
    tokens = PARSER.parse("\n".join([*fenced(text, "text"), "", "after"]))
    assert [t.type for t in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[2].content == "after"


def test_shares_never_round_to_nothing_or_to_all() -> None:
    assert [str(Share(x)) for x in (0, 0.001, 0.5, 0.999, 1)] == ["0 %", "<1 %", "50 %", ">99 %", "100 %"]
