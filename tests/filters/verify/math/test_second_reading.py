"""The second way to read and compare answers: right where it speaks, silent where it cannot know."""

import pytest

from filters.verify.math.judge import Judge
from filters.verify.math.second_reading import second_answer, second_opinion


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so \\boxed{42}.", "42"),
        ("\\boxed{41}? No, that was wrong, as the sum is larger: \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("\\boxed{1} and \\boxed{2}", None),
        ("\\boxed{1}, but the answer is 2", None),
        ("\\boxed{1", None),
        ("4 + 4 = 8\n#### 1,200", "1,200"),
        ("The answer is 7.", "7"),
        ("The answer is 7.5.", "7.5"),
        ("4 + 4 = <<4+4=8>>8\nA: 8", "8"),
        ("**Answer:** 8", "8"),
        ("A: 7\nB is wrong.\nThe answer is 9.", "9"),
        ("A: 9\nThat is not so, look:\n4 + 4 = 8", "9"),
        ("no idea", None),
    ],
)
def test_the_last_answer_is_read_where_there_is_one(text: str, answer: str | None) -> None:
    assert second_answer(text) == answer


@pytest.mark.parametrize(
    ("reference", "answer", "opinion"),
    [
        ("18", "18.0", "equal"),
        ("18", "$18", "equal"),
        ("1200", "1,200", "equal"),
        ("1/2", "0.5", "equal"),
        ("18", "19", "different"),
        ("20", "20 dollars per day", "none"),
        ("9/5", "1 4/5", "none"),
        ("3", "three", "none"),
        ("0.18", "18%", "none"),
        ("12", "1,2", "none"),
        ("", "1", "none"),
    ],
)
def test_plain_numbers_are_compared_here_and_words_not_at_all(
    reference: str, answer: str, opinion: str
) -> None:
    def ask(one: str, other: str) -> str:
        return "unparsed"

    assert second_opinion(reference, f"so \\boxed{{{answer}}}", ask) == opinion


def test_formulas_are_compared_by_a_worker() -> None:
    with Judge() as judge:
        for reference, answer, opinion in (
            ("\\frac{\\sqrt{3}}{2}", "\\sqrt{3/4}", "equal"),
            ("x+1", "x+2", "different"),
            ("\\frac12", "0.5", "equal"),
        ):
            assert second_opinion(reference, f"\\boxed{{{answer}}}", judge.worker_word) == opinion
