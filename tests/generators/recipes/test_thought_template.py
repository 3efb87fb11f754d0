"""SuperCorrect: tagged thoughts that claim nothing false, and right causes against wrong ones."""

from dataclasses import replace

import pytest

from filters.verify.equations import states_falsehood
from filters.verify.math.judge import Judge
from generators.recipes.thought_template import ThoughtTemplate
from generators.thoughts import bare, read_block
from tests.generators.recipes.asked import case_with, learning, pairs, policy, rows_of, teacher, world
from tests.world import Jars

JARS = Jars(0)
SLIP, RIGHT = JARS.wrong("slip_first"), JARS.right()


def test_a_thought_has_numbered_steps_a_key_where_the_policy_slipped_and_the_answer(judge: Judge) -> None:
    case, served = case_with(judge, [SLIP, RIGHT])
    (row,) = learning(rows_of(ThoughtTemplate(thoughts=1), served, case)[0])
    text = row.messages[-1].content
    assert text.startswith("<Step1>\n3 * 4 = 12\n<Key>") and text.endswith("</Answer>")
    key = read_block("Key", text)
    assert key and "3 * 4" in key and "22" in key and "Generalized" not in text
    assert read_block("Answer", text) == "The answer is \\boxed{17}." and "<Key>" in row.messages[0].content
    assert all(span.weight == 1 for span in row.spans)


def test_without_a_slip_there_is_no_key_and_none_is_asked_for(judge: Judge) -> None:
    case, served = case_with(judge, [RIGHT])
    (row,) = learning(rows_of(ThoughtTemplate(thoughts=1), served, case)[0])
    assert "Key" not in row.messages[-1].content + row.messages[0].content


def test_a_teacher_writes_keys_and_the_general_note_where_they_leak_nothing(judge: Judge) -> None:
    case, served = case_with(judge, [RIGHT])
    said = "Count what is in the containers first, and add the single items afterwards."
    rows = learning(rows_of(ThoughtTemplate(thoughts=1), replace(served, teacher=teacher(said)), case)[0])
    assert read_block("Key", rows[0].messages[-1].content) == said
    assert read_block("Generalized", rows[0].messages[-1].content) == said and rows[0].written_by == "teacher"
    for bad in ("It comes to 17.", "The reference solution multiplies."):
        rows = learning(rows_of(ThoughtTemplate(thoughts=1), replace(served, teacher=teacher(bad)), case)[0])
        assert "Generalized" not in rows[0].messages[-1].content and "Key" not in rows[0].messages[-1].content


def test_a_general_note_names_no_number_of_the_problem(judge: Judge) -> None:
    case, served = case_with(judge, [RIGHT])
    rows = rows_of(ThoughtTemplate(thoughts=1), replace(served, teacher=teacher("Multiply 3 by 4.")), case)[0]
    assert "Generalized" not in learning(rows)[0].messages[-1].content


def test_the_right_cause_is_preferred_to_one_that_keeps_the_wrong_step(judge: Judge) -> None:
    found = pairs(world(judge, ThoughtTemplate(thoughts=0)))
    assert len(found) > 5 and {pair.variant for pair in found} == {"template"}
    for pair in found:
        chosen, rejected = pair.chosen[0].content, pair.rejected[0].content
        asked = pair.prompt[-1].content
        wrong = read_block("Correction", rejected)
        assert wrong and wrong in asked and read_block("Correction", chosen) != wrong
        assert read_block("Cause", chosen) and read_block("Cause", rejected)
        assert not states_falsehood(chosen)


def test_the_policys_own_correction_is_rejected_where_it_is_surely_wrong(judge: Judge) -> None:
    case, served = case_with(judge, [SLIP, RIGHT])
    for said, variant in (
        ("<Cause>It is unclear.</Cause>\n<Correction>\n3 * 4 = 32\n</Correction>", "cross_model"),
        ("<Cause>It is unclear.</Cause>\n<Correction>\n3 * 4 = 12\n</Correction>", "template"),
        ("I do not know.", "template"),
    ):
        own = policy([f"{said}"])
        (pair,) = pairs(rows_of(ThoughtTemplate(injected=0), replace(served, policy=own), case)[0])
        assert pair.variant == variant
        assert (pair.rejected[0].content.replace("\n", "") == said.replace("\n", "")) is (
            variant == "cross_model"
        )


@pytest.mark.parametrize(
    ("step", "expected"),
    [("Step 2: 1 + 1 = 2\n", "1 + 1 = 2"), ("**Step 3:** so\n", "so"), ("Steps are two.", "Steps are two.")],
)
def test_a_step_without_its_number(step: str, expected: str) -> None:
    assert bare(step) == expected


def test_a_conclusion_is_the_answer_and_is_not_repeated(judge: Judge) -> None:
    said = "Therefore, there are \\(\\boxed{17}\\) jars."
    steps = [
        "We follow these steps:",
        "1. Count what is in crates: 3 * 4 = 12",
        "2. Add the others: 12 + 5 = 17",
    ]
    text = "\n\n".join([*steps, said])
    case, served = case_with(judge, [text])
    (row,) = learning(rows_of(ThoughtTemplate(thoughts=1), served, case)[0])
    content = row.messages[-1].content
    assert read_block("Answer", content) == said and content.count("17") == 2
    assert read_block("Step1", content) == "We follow these steps:\nCount what is in crates: 3 * 4 = 12"
    assert read_block("Step2", content) == "Add the others: 12 + 5 = 17"


def test_a_cause_reads_as_one_text(judge: Judge) -> None:
    seen = set()
    for seed in range(40):
        case, served = case_with(judge, [RIGHT])
        rows = rows_of(
            ThoughtTemplate(thoughts=0, kinds={"final_answer": 1.0}), replace(served, seed=seed), case
        )
        for row in pairs(rows[0]):
            cause = read_block("Cause", row.chosen[-1].content)
            assert cause and "The steps are right and" not in cause
            seen.add(cause)
            _, colon, after = cause.partition(": ")
            assert not colon or after[0].islower(), cause
    assert any(": " in cause for cause in seen)
