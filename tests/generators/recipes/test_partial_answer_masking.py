"""ISC/PAM: the wrong answer is masked, the check agrees with the judge, the pool of instructions is used."""

from filters.verify.math.judge import Judge
from filters.verify.stated_verdict import stated_verdict
from generators.prompts.instructions import DOUBLE_CHECK
from generators.recipes.partial_answer_masking import PartialAnswerMasking
from tests.generators.recipes.asked import case_with, kinds, learning, parts, rows_of, world
from tests.world import Jars


def test_a_bad_case_masks_the_wrong_answer_alone(judge: Judge) -> None:
    rows = [row for row in world(judge, PartialAnswerMasking()) if row.variant == "bad_case"]
    assert len(rows) > 5
    for row in rows:
        assert kinds(row) == ["mistake", "verdict", "reflection", "correction"]
        assert [weight for _, _, weight in parts(row)] == [0, 1, 1, 1]
        assert stated_verdict(parts(row)[1][1]) is False


def test_a_good_case_is_learnt_whole_and_ends_in_the_verdict(judge: Judge) -> None:
    rows = [row for row in world(judge, PartialAnswerMasking()) if row.variant == "good_case"]
    assert rows and all([(k, w) for k, _, w in parts(row)] == [("answer", 1), ("verdict", 1)] for row in rows)
    assert all(stated_verdict(parts(row)[1][1]) is True and row.error_kind == "none" for row in rows)


def test_instructions_come_from_the_pool_or_not_at_all(judge: Judge) -> None:
    asked = [row.messages[0].content for row in learning(world(judge, PartialAnswerMasking()))]
    assert len({text.rpartition("\n\n")[2] for text in asked}) > 5
    assert all(text.rpartition("\n\n")[2] in DOUBLE_CHECK for text in asked)
    plain = learning(world(judge, PartialAnswerMasking(instructions=False), count=1))
    assert {row.messages[0].content for row in plain} == {Jars(0).problem.statement}


def test_an_attempt_that_states_no_answer_is_not_checked(judge: Judge) -> None:
    # It may have been cut off: "It should not come to 12" would be said of a line that goes on.
    case, served = case_with(judge, [Jars(0).right(), "Step 1: 3 * 4 = 12\nStep 2: Of the 12 jars and"])
    assert case.wrongs
    rows, _ = rows_of(PartialAnswerMasking(), served, case)
    assert [row.variant for row in rows] == ["good_case"]


def test_equal_wrong_answers_count_once(judge: Judge) -> None:
    wrong = Jars(0).wrong("slip_second")
    case, served = case_with(judge, [wrong, wrong.replace("Step 2", "Next"), Jars(0).right()])
    rows, _ = rows_of(PartialAnswerMasking(), served, case)
    assert [row.variant for row in rows] == ["bad_case", "good_case"]
