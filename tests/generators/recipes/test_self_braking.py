"""Self-braking: where the answer is first stated, the score, both cuts, and the defects of the published scripts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.verify.math.judge import Judge
from generators.overthinking import dynamic_cut, exact_cut, first_sentences, hesitation, readable, score
from generators.prompts.brakes import BRAKES
from generators.recipes.self_braking import SelfBraking
from schemas.example import SFTExample
from tests.generators.recipes.asked import case_with, learning, parts, rows_of, world
from tests.world import Jars

JARS = Jars(0)
FOUNDATION = "Step 1: 3 * 4 = 12\nStep 2: 12 + 5 = 17\nThe answer is \\boxed{17}.\n"
AGAIN = "Wait, let me check that again. 17 - 5 = 12 holds. And 12 / 4 = 3 holds too.\n"
ONCE_MORE = "So 3 * 4 + 5 = 17 once more. The answer is \\boxed{17}.\n"
MORE = "Hmm, but maybe I should count. There are 3 crates. Each has 4 jars.\n"
END = "Yes, it is \\boxed{17}."
LONG = FOUNDATION + AGAIN + ONCE_MORE + MORE + END
STEPS = st.lists(
    st.sampled_from(["a b. ", "Wait, no. ", "So it is. Then on. ", "1 + 1 = 2\n"]), min_size=1, max_size=9
)


def braked(judge: Judge, text: str, recipe: SelfBraking) -> list[SFTExample]:
    case, served = case_with(judge, [text])
    return learning(rows_of(recipe, served, case)[0])


def test_exact_keeps_two_solutions_masks_two_sentences_and_brakes(judge: Judge) -> None:
    (row,) = braked(judge, LONG, SelfBraking())
    assert row.variant == "braked_exact"
    kept, redundant, brake, answer = parts(row)
    assert kept == ("answer", FOUNDATION + AGAIN + ONCE_MORE, 1)
    assert redundant == ("redundant", "Hmm, but maybe I should count. There are 3 crates.\n", 0)
    assert brake[0] == "brake" and brake[1].strip() in BRAKES and brake[2] == 1
    assert answer == ("answer", "The answer is \\boxed{17}.", 1)


def test_a_text_that_states_the_answer_but_once_is_cut_at_the_first(judge: Judge) -> None:
    (row,) = braked(judge, FOUNDATION + AGAIN + MORE + "That is all there is to it.", SelfBraking())
    assert parts(row)[0][1] == FOUNDATION and parts(row)[1][2] == 0


def test_a_heading_is_no_redundant_work() -> None:
    steps = [
        "It is 17.\n",
        "It is 17 again.\n",
        "1. **Prime factors:**\n",
        "17 has one. It is prime. So.\n",
        "End.",
    ]
    cut = exact_cut(steps, [0, 1])
    assert cut is not None and cut.redundant == "1. **Prime factors:**\n17 has one. It is prime. "
    assert exact_cut(steps[:3], [0, 1]) == ("It is 17.\nIt is 17 again.\n", "1. **Prime factors:**\n")


def test_dynamic_masks_from_the_step_that_reaches_the_threshold(judge: Judge) -> None:
    (row,) = braked(judge, LONG, SelfBraking(form="dynamic"))
    assert row.variant == "braked_dynamic"
    assert [(k, w) for k, _, w in parts(row)] == [
        ("answer", 1),
        ("redundant", 0),
        ("brake", 1),
        ("answer", 1),
    ]
    assert (FOUNDATION + AGAIN).startswith(parts(row)[0][1])


def test_a_closing_thought_tag_is_kept_with_what_follows_it(judge: Judge) -> None:
    text = f"<think>\n{LONG}\n</think>\nThere are \\boxed{{17}} jars."
    (row,) = braked(judge, text, SelfBraking())
    whole = row.messages[-1].content
    assert whole.count("</think>") == 1 and whole.endswith("</think>\nThere are \\boxed{17} jars.")
    assert parts(row)[-1][0] == "answer"


def test_a_brief_attempt_stays_as_it_is(judge: Judge) -> None:
    (row,) = braked(judge, JARS.right(), SelfBraking())
    assert row.variant == "unchanged" and parts(row) == [("answer", JARS.right(), 1)]
    assert braked(judge, JARS.right(), SelfBraking(unchanged=0)) == []


def test_a_result_that_is_then_put_in_a_box_is_one_solution(judge: Judge) -> None:
    text = "Step 1: 3 * 4 = 12\nA = 12 + 5 = 17\nTherefore the answer is \\boxed{17}."
    assert [row.variant for row in braked(judge, text, SelfBraking())] == ["unchanged"]


def test_noise_after_the_answer_is_neither_cut_nor_learnt(judge: Judge) -> None:
    noise = "лось静 пример 深处 текст без смысла 光彩 и так далее 每個.\n" * 3
    assert braked(judge, FOUNDATION + noise + "So \\boxed{17}.", SelfBraking()) == []


def test_noise_in_the_line_of_the_answer_is_not_learnt(judge: Judge) -> None:
    # Seen in rollouts of a model that did not stop: \boxed{36} \] \]summertheir口径納大自然 …
    said = "So it is \\boxed{17}. summertheir口径納大自然 lista(area 械-heavyراح де Sal.\n"
    assert braked(judge, JARS.right() + "\n" + said + AGAIN + MORE, SelfBraking()) == []


def test_two_right_attempts_are_spliced_where_none_overthinks(judge: Judge) -> None:
    rows = [row for row in world(judge, SelfBraking()) if row.variant == "braked_spliced"]
    assert rows and all(len(row.parents) == 2 for row in rows)
    assert {(k, w) for row in rows for k, _, w in parts(row)} == {
        ("answer", 1),
        ("redundant", 0),
        ("brake", 1),
    }
    assert not any(row.variant == "braked_spliced" for row in world(judge, SelfBraking(spliced=0)))


@pytest.mark.parametrize(
    ("first", "steps", "expected"),
    [
        (0, ["a", "b"], 0.45),
        (1, ["a", "b"], 0.0),
        (0, ["a b ", "wait c"], 0.475),
        (1, ["a", "b", "c", "d", "e"], 0.54),
    ],
)
def test_the_score(first: int, steps: list[str], expected: float) -> None:
    assert score(first, steps) == pytest.approx(expected)


def test_hesitating_words_are_counted_over_the_whole_text() -> None:
    assert hesitation("Wait, that is so.") == 0.25
    assert hesitation("") == 0.0 and hesitation("The waiter came.") == 0.0


@given(STEPS, st.data())
def test_cuts_are_stretches_of_the_text_in_order_and_never_empty(
    steps: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(steps) - 1))
    later = data.draw(st.sets(st.integers(first, len(steps) - 1)))
    for cut in (exact_cut(steps, sorted({first, *later})), dynamic_cut(steps, first, 0.2, 0.05)):
        if cut is not None:
            assert "".join(steps).startswith(cut.kept + cut.redundant) and cut.redundant
            assert cut.kept.startswith("".join(steps[: first + 1]))


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_first_sentences_begin_the_text(text: str) -> None:
    assert text.startswith(first_sentences(text)) if text.strip() else True


def test_what_reads_like_work() -> None:
    assert readable("Wait, let me check. 3 + 4 = 7 holds.") and not readable(" \n")
    assert not readable("x " * 500) and not readable("光彩深处年下半年光彩深处")
