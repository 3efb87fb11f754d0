"""Words are seen where SQL has words, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.sql.tokens import asks_for_order, uses_clock, uses_random, words


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("select a from t order\n by a limit 1", True),
        ("SELECT a FROM t ORDER /* by name */ BY a", True),
        ("WITH x AS (SELECT 1) SELECT * FROM x ORDER BY 1", True),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a) x", False),
        ("SELECT RANK() OVER (ORDER BY a) FROM t", False),
        ("SELECT 'order by a' FROM t -- order by a", False),
        ('SELECT "order" FROM t /* order by */', False),
        ("SELECT [order by] FROM t", False),
        ("SELECT a FROM t GROUP BY a", False),
    ],
)
def test_order_is_asked_for_by_the_outermost_query(sql: str, ordered: bool) -> None:
    assert asks_for_order(sql) is ordered


def test_random_and_clock_are_found() -> None:
    assert uses_random("SELECT Random()")
    assert not uses_random("SELECT 'random()'")
    assert uses_clock("SELECT DATE('now')")
    assert uses_clock("SELECT CURRENT_DATE")
    assert not uses_clock("SELECT date(born) FROM t")


@given(st.text(alphabet="ab'\"`()[]-/* \n;"))
def test_any_text_has_words(sql: str) -> None:
    assert all(set(word.text) <= set("ab") and word.text for word in words(sql))


@given(st.text().filter(lambda t: "\0" not in t))
def test_a_quoted_text_hides_its_words(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    assert [word.text for word in words(f"SELECT {quoted} FROM t")] == ["select", "from", "t"]
