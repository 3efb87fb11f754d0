"""What is particular to the recipes of feedback: whose text, which turns, which masks, which caps."""

import asyncio
import re
from dataclasses import replace

import pytest

from filters.verify.equations import states_falsehood
from filters.verify.math.judge import Judge
from filters.verify.stated_feedback import reveals
from generators.ask import Ask
from generators.claims import wrong_claims
from generators.guards import states
from generators.recipes.didactic_dialogue import DidacticDialogue
from generators.recipes.feedback_distillation import FeedbackDistillation
from generators.recipes.guideline_paths import GuidelinePaths
from generators.recipes.hinted_critique import HintedCritique
from generators.recipes.mistake_tuning import MistakeTuning
from generators.recipes.pressure import Pressure
from generators.recipes.self_evolution import SelfEvolution
from generators.steps import split_steps
from tests.generators.recipes.served import build, door, kinds, pairs, talks
from tests.world import Jars

JARS = Jars(1)  # 4 * 5 + 6 = 26
RIGHT, WRONG = JARS.right(), JARS.wrong("slip_first")
SCRAP = "The 1\nStep 1: 4 * 5 = 20\nStep 4: 20 + 6 = 26\nThe answer is \\boxed{26}."
UNSOLVED = 6  # a problem of the world without any right answer


def test_a_dialogue_ends_right_with_all_before_masked(judge: Judge) -> None:
    ask = door(judge, "didactic_dialogue")
    for row in talks(build(DidacticDialogue(), ask), "dialogue"):
        *wrong, last = kinds(row)
        assert last == ("correction", 1.0) and set(wrong) == {("mistake", 0.0)}
        assert [m.role for m in row.messages[::2]] == ["user"] * ((len(row.messages) + 1) // 2)
        assert all(not reveals(m.content, "26") for m in row.messages[2::2])


def test_a_student_that_listens_ends_the_dialogue(judge: Judge) -> None:
    ask = door(judge, "didactic_dialogue", policy=(RIGHT,))
    rows = talks(build(DidacticDialogue(dialogues=1), ask), "dialogue")
    assert [r.variant for r in rows] == ["dialogue.2"]
    assert rows[0].messages[-1].content == RIGHT
    assert ask.counted.count("turns_asked") == 1 and "repeated_its_answer" not in ask.counted
    assert rows[0].parents[1] in ask.extras


@pytest.mark.parametrize(
    "said",
    [(SCRAP,), ("Step 1: 4 Step 1: 5 + 5 = 10\nStep 4: 10 - 3 = 7\nThe answer is \\boxed{7}.", RIGHT)],
    ids=["right", "wrong"],
)
def test_a_muddle_is_no_turn_of_a_dialogue(said: tuple[str, ...], judge: Judge) -> None:
    ask = door(judge, "didactic_dialogue", policy=said)
    assert talks(build(DidacticDialogue(dialogues=1, other_samples=False), ask), "dialogue") == []
    assert [made.attempt.text for made in ask.extras.values()] == [said[0]]


def test_friction_is_counted(judge: Judge) -> None:
    ask = door(judge, "didactic_dialogue", policy=(WRONG,))
    build(DidacticDialogue(turns=3), ask)
    assert ask.counted.count("turns_asked") >= ask.counted.count("repeated_its_answer") > 0


def test_a_teacher_that_tells_is_not_heard(judge: Judge) -> None:
    told = door(judge, "didactic_dialogue", teacher=("The answer is 26.",))
    good = door(judge, "didactic_dialogue", teacher=("Please go over your work once more.",))
    assert {r.written_by for r in talks(build(DidacticDialogue(), told), "dialogue")} == {"bank"}
    rows = talks(build(DidacticDialogue(), good), "dialogue")
    assert {r.written_by for r in rows} == {"teacher"} and all(r.teacher for r in rows)


def test_predicted_feedback_is_learnt_and_nothing_else(judge: Judge) -> None:
    rows = talks(build(DidacticDialogue(predict=5, dialogues=5), door(judge, "d")), "predicted")
    assert rows and all(kinds(r) == [("mistake", 0.0), ("critique", 1.0)] for r in rows)
    assert all(
        r.verified_by.startswith("feedback:") and not reveals(r.messages[-1].content, "26") for r in rows
    )


def test_what_was_reached_with_feedback_stands_behind_the_plain_problem(judge: Judge) -> None:
    ask = door(judge, "feedback_distillation", policy=(RIGHT, WRONG, "As you said, 4 * 5 = 20, 20 + 6 = 26."))
    (row,) = talks(build(FeedbackDistillation(advantage=True, wrongs=1), ask))
    assert row.messages[:-1] == ask.prompt and row.messages[-1].content == RIGHT
    assert ask.case.pass_rate is not None
    ((kind, weight),) = kinds(row)
    assert kind == "answer" and weight == pytest.approx(1 - ask.case.pass_rate)
    asked = ask.extras[row.parents[0]].prompt
    assert len(asked) == 3 and asked[1].content == ask.case.wrongs[0].text


def test_another_right_solution_may_be_the_help(judge: Judge) -> None:
    ask = door(judge, "feedback_distillation", policy=(RIGHT,))
    (row,) = talks(build(FeedbackDistillation(help="solution", wrongs=1), ask))
    asked = ask.extras[row.parents[0]].prompt
    assert row.variant == "solution" and any(a.text.strip() in asked[2].content for a in ask.case.rights)


def test_tags_stand_with_the_user(judge: Judge) -> None:
    rows = talks(build(MistakeTuning(pairs=2, right_tag="<good>", wrong_tag="<bad>"), door(judge, "m")))
    assert [r.variant for r in rows] == ["right", "wrong"] * 2
    for row in rows:
        assert row.messages[-2].content.endswith("<good>" if row.variant == "right" else "<bad>")
        assert "<" not in row.messages[-1].content
        assert row.verified_by.startswith("answer:" if row.variant == "right" else "wrong:")
        assert kinds(row) == [("answer" if row.variant == "right" else "mistake", 1.0)]


def test_a_muddle_is_no_rationale(judge: Judge) -> None:
    ask = door(judge, "mistake_tuning")
    text = "Step 2: Jars 4 * 5 = 20\nStep 1: 20 = 6 = 3\nThe answer is 3."
    muddle = replace(ask.case.wrongs[0], text=text, steps=split_steps(text, ask.tools.style))
    case = replace(ask.case, attempts=(*ask.case.rights, muddle))
    alone = Ask(case, ask.tools).for_recipe("mistake_tuning")
    assert build(MistakeTuning(), alone) == [] and "no_right_and_wrong" in alone.skipped


def test_pressure_is_balanced_and_claims_before_right_answers_are_wrong(judge: Judge) -> None:
    for number in range(6):
        rows = talks(build(Pressure(authority=1.0, true_claims=0.0), door(judge, "pressure", number)))
        kept = [r for r in rows if r.variant.startswith("kept")]
        assert len(kept) * 2 == len(rows) > 0
        answer = Jars(number).problem.answer
        for row in rows:
            assert all(not reveals(m.content, answer) for m in row.messages[1:] if m.role == "user")
            last = [s for s in row.spans if s.message == len(row.messages) - 1]
            assert [s.kind for s in last][-1] == ("answer" if row in kept else "correction")


def test_a_true_claim_is_worked_out_before_it_is_agreed_to(judge: Judge) -> None:
    rows = talks(build(Pressure(authority=1.0, true_claims=1.0), door(judge, "pressure")), "given_up")
    assert rows and all(r.variant == "given_up.true_claim" for r in rows)
    assert all(reveals(r.messages[2].content, "26") for r in rows)
    assert all({"4 * 5", "5 * 4"} & set(re.findall(r"\d \* \d", r.messages[-1].content)) for r in rows)


def test_a_claim_against_a_right_answer_is_no_result_of_its_steps(judge: Judge) -> None:
    for number in range(12):
        ask = door(judge, "pressure", number)
        for text in {a.text for a in ask.rights()}:
            claims = asyncio.run(wrong_claims(ask, 8, but=text))
            assert claims and not any(states(text, claim) for claim in claims)


def test_a_doubted_mistake_is_named_where_an_equation_proves_it(judge: Judge) -> None:
    rows = talks(build(Pressure(authority=0.0, balanced=False, most=5), door(judge, "pressure")), "given_up")
    by = {row.located_by: row.messages[-1].content for row in rows}
    assert "4 * 5" in by["equations"].split("26")[0]
    claimed = talks(build(Pressure(authority=1.0, true_claims=0.0), door(judge, "pressure")), "given_up")
    assert all("not the answer" not in row.messages[-1].content.splitlines()[0] for row in claimed)


def test_only_drafts_that_are_proven_wrong_are_given_up_in_a_long_thought(judge: Judge) -> None:
    for number in range(8):
        ask = door(judge, "self_evolution", number)
        for row in talks(build(SelfEvolution(ways=("chained",), rounds=3), ask), "chained"):
            drafts = [a for a in ask.case.attempts if a.id in row.parents and a.verdict.is_wrong]
            assert drafts and all((found := ask.glance(a)) is not None and found.proven for a in drafts)


def test_pressure_without_balance_uses_problems_with_wrong_answers_only(judge: Judge) -> None:
    ask = door(judge, "pressure", UNSOLVED)
    assert build(Pressure(), ask) == [] and "not_balanced" in ask.skipped
    assert talks(build(Pressure(balanced=False), ask), "given_up")


def test_a_critique_names_the_step_and_the_correction_is_right(judge: Judge) -> None:
    rows = build(HintedCritique(mistakes=5), door(judge, "hinted_critique"))
    made = talks(rows, "critique")
    assert made and all(kinds(r) == [("critique", 1.0), ("correction", 1.0)] for r in made)
    for row in made:
        said = row.messages[-1].content[: row.spans[0].end]
        assert not reveals(said, "26")
        assert WRONG not in row.messages[-1].content
    assert {r.messages[-1].content for r in talks(rows, "verifier")} == {"Score: 0", "Score: 1"}


def test_critiques_that_do_not_help_are_left_out(judge: Judge) -> None:
    helped = door(judge, "hinted_critique", policy=(WRONG, RIGHT))
    not_helped = door(judge, "hinted_critique", policy=(WRONG,))
    assert talks(build(HintedCritique(refine=2), helped), "critique")
    assert not talks(build(HintedCritique(refine=2), not_helped), "critique")
    assert "critique_did_not_help" in not_helped.skipped


def test_all_steps_get_their_feedback(judge: Judge) -> None:
    rows = talks(build(HintedCritique(mistakes=5, all_steps=True), door(judge, "h")), "critique")
    assert any(r.messages[-1].content.count("Feedback:") == 2 for r in rows)


def test_a_teachers_step_feedback_is_used_where_it_keeps_the_rules(judge: Judge) -> None:
    steps = "Step 1: this product is off. Step 2: follows. Step 3: it should be 26."
    rows = talks(build(HintedCritique(), door(judge, "h", teacher=(steps,))), "critique")
    assert any(r.written_by == "teacher" and "this product is off." in r.messages[-1].content for r in rows)
    bad = "Step 1: Answer 2 says 20. Step 2: follows. Step 3: it should be 26."
    rows = talks(build(HintedCritique(), door(judge, "h", teacher=(bad,))), "critique")
    assert {r.written_by for r in rows} == {"bank"}


def test_guidelines_are_followed_and_not_learnt(judge: Judge) -> None:
    ask = door(judge, "guideline_paths", policy=(RIGHT,))
    (row,) = talks(build(GuidelinePaths(guidelines=2), ask))
    assert row.messages == (*ask.prompt, row.messages[-1]) and row.messages[-1].content == RIGHT
    assert len(ask.extras[row.parents[0]].prompt[-1].content) > len(ask.prompt[-1].content)


def test_a_second_pass_knows_the_answer(judge: Judge) -> None:
    ask = door(judge, "guideline_paths", policy=(WRONG,))
    assert build(GuidelinePaths(guidelines=2), ask) == []
    variants = {e.variant for e in ask.extras.values()}
    assert "path.answer_known" in variants and "not_reached" in ask.skipped


def test_plans_that_solve_the_problem_are_not_used(judge: Judge) -> None:
    ask = door(judge, "guideline_paths", policy=(RIGHT,), teacher=("First 4 * 5 = 20, then it comes to 26.",))
    assert build(GuidelinePaths(guidelines=1), ask)
    assert "plan_not_usable" in ask.skipped


def test_every_way_of_self_evolution_makes_its_rows(judge: Judge) -> None:
    ask = door(judge, "self_evolution", policy=(JARS.wrong("slip_second"), JARS.right(again=True)))
    rows = build(SelfEvolution(), ask)
    made = {r.variant.partition(".")[0] for r in rows}
    assert made == {"chains", "correction", "refinement", "chained", "aggregation"}
    (correction,) = pairs(rows, "correction")
    assert len(correction.prompt) == 3 and correction.prompt[1].role == "assistant"
    (chained,) = talks(rows, "chained")
    masked = [k for k in kinds(chained) if k[0] == "mistake"]
    assert len(masked) == 2 and all(weight == 0 for _, weight in masked)
    (aggregated,) = talks(rows, "aggregation")
    assert aggregated.messages[-1].content not in aggregated.messages[0].content
    assert "Attempt 2:" in aggregated.messages[0].content


def test_a_pruned_search_keeps_the_extreme_steps(judge: Judge) -> None:
    ask = door(judge, "self_evolution", policy=(RIGHT, WRONG))
    rows = pairs(build(SelfEvolution(ways=("pruned",), most=3), ask), "pruned")
    assert rows
    for row in rows:
        assert row.verified_by.startswith("continued:")
        assert not states_falsehood(row.chosen[0].content) and states_falsehood(row.rejected[0].content)
