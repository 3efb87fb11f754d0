"""What must hold of the exact comparison whatever the answers are."""

import time
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.answer_pairs import AnswerPair, answer_pairs
from filters.verify.math.answer import known_answer
from filters.verify.math.exact import compare
from filters.verify.math.options import JudgeOptions
from schemas.verdict import Outcome, Verdict

OPTIONS = JudgeOptions()
PAIRS = answer_pairs(1500, seed=3)

_PIECES = [
    *"0123456789xyinek+-*/^_()[]{}|!,=<> .%½²",
    *("\\frac", "\\sqrt", "\\sqrt[3]", "\\pi", "\\infty", "\\cup", "\\le", "\\ne", "\\in", "\\pm", "\\sin"),
    *("\\log_", "\\ln", "^\\circ", "\\{", "\\}", "\\\\", "&", "\\begin{pmatrix}", "\\end{pmatrix}"),
    *("\\text{ or }", "\\text{ cm}", "\\mathbb{R}", "\\setminus", "\\overline{3}", "\\binom", "\\approx"),
    *("and", "e^", "(1,2)", "\\frac{1}{2}", "{x}"),
]
FORMULA = st.lists(st.sampled_from(_PIECES), max_size=24).map("".join)
NUMBER = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=60)


def _outcome(verdict: Verdict | None) -> str:
    return "undecided" if verdict is None else verdict.outcome.value


@settings(max_examples=600, deadline=None)
@given(FORMULA, FORMULA)
def test_formulas_of_any_shape_are_compared_without_an_error_and_both_ways_alike(
    one: str, other: str
) -> None:
    assert _outcome(compare(one, other, OPTIONS)) == _outcome(compare(other, one, OPTIONS))


@settings(max_examples=400, deadline=None)
@given(FORMULA)
def test_a_formula_is_never_different_from_itself(text: str) -> None:
    assume(" or " not in text and "and" not in text)  # `{} or x` is a list
    # an empty group, so that it is read: equal strings are not
    verdict = compare(text, f"\\displaystyle {{}}{text} \\,", OPTIONS)
    assert verdict is None or verdict.outcome is not Outcome.WRONG


@given(st.sampled_from(PAIRS))
def test_the_generated_pairs_are_never_judged_against_their_construction(pair: AnswerPair) -> None:
    verdict = compare(pair.reference, pair.answer, OPTIONS)
    assert verdict is None or verdict.outcome is not (Outcome.WRONG if pair.equal else Outcome.RIGHT)


@given(
    st.sampled_from(PAIRS),
    st.sampled_from(
        ["${}$", "$${}$$", " {} ", "\\, {}", "{} \\!", "\\displaystyle {}", "{} .", "\\( {} \\)"]
    ),
)
def test_dress_never_changes_a_verdict(pair: AnswerPair, dress: str) -> None:
    bare = compare(pair.reference, pair.answer, OPTIONS)
    dressed = compare(pair.reference, dress.replace("{}", pair.answer), OPTIONS)
    assert _outcome(bare) == _outcome(dressed)


@given(st.sampled_from([pair for pair in PAIRS if "(" in pair.answer and "\\left" not in pair.answer]))
def test_left_and_right_never_change_a_verdict(pair: AnswerPair) -> None:
    sized = (
        pair.answer.replace("\\(", "$").replace("\\)", "$").replace("(", "\\left(").replace(")", "\\right)")
    )
    assert _outcome(compare(pair.reference, pair.answer, OPTIONS)) == _outcome(
        compare(pair.reference, sized, OPTIONS)
    )


@given(NUMBER, st.sampled_from([1, -1, Fraction(1, 7)]))
def test_another_number_is_never_right(number: Fraction, step: Fraction) -> None:
    said = number + step
    spellings = [
        str(said),
        f"\\frac{{{said.numerator}}}{{{said.denominator}}}",
        f"x = {said}",
        f"{float(said)}",
    ]
    for spelling in spellings:
        verdict = compare(f"{number}", spelling, OPTIONS)
        assert verdict is not None and verdict.outcome is not Outcome.RIGHT


@given(st.integers(-30, 30), st.integers(1, 12), st.sampled_from("()[]"), st.sampled_from("()[]"))
def test_an_interval_with_another_end_is_never_right(
    low: int, width: int, opening: str, closing: str
) -> None:
    left, right = "(" if opening in "()" else "[", ")" if closing in "()" else "]"
    for said in (f"{left}{low},{low + width + 1}{right}", f"{left}{low - 1}, {low + width}{right}"):
        verdict = compare(f"{left}{low},{low + width}{right}", said, OPTIONS)
        assert verdict is not None and verdict.is_wrong


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=3), st.integers(-5, 5))
def test_a_multiple_of_an_equation_is_the_same_equation(coefficients: list[int], factor: int) -> None:
    a, b, c = coefficients
    verdict = compare(f"{a}x + {b}y = {c}", f"{a * factor}x + {b * factor}y - {c * factor} = 0", OPTIONS)
    if factor and a and b:
        assert verdict is not None and verdict.is_right
    other = compare(f"{a}x + {b}y = {c}", f"{a}x + {b}y = {c + 1}", OPTIONS)
    assert other is None or not other.is_right


@pytest.mark.parametrize(
    "text",
    [
        "\\sin" * 200 + "x",
        "\\sqrt{" * 20 + "x" + "}" * 20,
        "\\sqrt{1+" * 20 + "x" + "}" * 20,
        "\\frac{1}{1+" * 12 + "x" + "}" * 12,
        "\\frac{1}{x+a}" + "".join(f"+\\frac{{1}}{{x+{n}}}" for n in range(20)),
        "(2^{30000}+x)(2^{30001}+y)(2^{29999}+z)^4",
        "2499!" + "+2499!a" * 30,
        "(2499!a+2498!b+2497!c+2496!d)(2499!a+2498!b+2497!c+2496!d)",
        "x<" * 300 + "1",
        "(1,2)\\cup" * 90 + "(3,4)",
        "\\begin{pmatrix}" + "1&" * 300 + "1\\end{pmatrix}",
        "\\begin{array}" * 70,
        "\\{x|" * 200,
        "x \\in " * 140 + "[1,2]",
        "1\\approx" * 100,
        "|x" * 300,
        "5!" + "!" * 500,
        "e^{" * 20 + "x" + "}" * 20,
        "=".join("x" * 300),
        "\\log_" * 150,
        "a" + "_{" * 200,
        "0.\\overline{3}" * 60,
        "\\sqrt[24]{99999989}\\sqrt[23]{99999971}" * 10,
        "\\{" + "1\\pm2," * 12 + "3\\}",
    ],
)
def test_no_formula_takes_long(text: str) -> None:
    began = time.process_time()
    for other in ("1", "x = 5", "x > 3", text[:-1], text + "+1"):
        known_answer.cache_clear()
        compare(other, text, OPTIONS)
        compare(text, other, OPTIONS)
    # ten readings each; measured: under 0.3 s for each of them
    assert time.process_time() - began < 3
