"""Recipes that judge an answer and go on accordingly: their parts, masks, caps, and what gives nothing."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterator

import pydantic
import pytest

from filters.verify.math.judge import Judge
from filters.verify.stated_verdict import stated_verdict
from generators.prompts.grading import GRADE_IT
from generators.prompts.trials import RETRY
from generators.recipes.base import RECIPES
from generators.recipes.refine_or_stop import turned
from generators.recipes.self_rewarding import SelfRewarding
from generators.recipes.trial_and_check import trials
from schemas.attempt import Attempt
from schemas.example import PreferenceExample, SFTExample
from tests.generators.prompts.banks import problems_of
from tests.generators.recipes.asked import case_with, learning
from tests.generators.recipes.asked import rows_of as rows_of_case
from tests.generators.recipes.verdict_world import pieces, rows_of, shapes
from tests.world import Jars, case_of, tools

MISTAKE, VERDICT, CORRECTION = ("mistake", 0.0), ("verdict", 1.0), ("correction", 1.0)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def test_self_rewarding_masks_false_verdicts_and_what_they_are_on(judge: Judge) -> None:
    assert shapes(rows_of("self_rewarding", judge)) == {
        "D1": [MISTAKE, VERDICT, CORRECTION],
        "D2": [("prefix", 0.0), ("false_verdict", 0.0), CORRECTION],
        "D3": [("answer", 1.0), VERDICT],
    }


def test_a_misled_revision_is_another_way(judge: Judge) -> None:
    right, slip = Jars(0).right(), Jars(0).wrong("slip_second")
    other = "Step 1: 4 * 3 = 12\nStep 2: 5 + 12 = 17\nThe answer is \\boxed{17}."
    case, served = case_with(judge, [right, other, slip])
    rows = learning(rows_of_case(SelfRewarding(misled=2, wrongs=0, rights=0), served, case)[0])
    assert [[text.strip() for _, _, text in pieces(row)] for row in rows] == [
        [right, "[VERIFY] wrong", other],
        [other, "[VERIFY] wrong", right],
    ]
    for row in rows:
        assert row.variant == "D2" and len(row.parents) == 2
        assert [(kind, weight) for kind, weight, _ in pieces(row)] == [
            ("prefix", 0.0),
            ("false_verdict", 0.0),
            CORRECTION,
        ]


def test_self_rewarding_with_bare_and_other_markers(judge: Judge) -> None:
    marks = ("Verdict: right", "Verdict: wrong")
    rows = rows_of("self_rewarding", judge, checks=False, right_marker=marks[0], wrong_marker=marks[1])
    for _, row in rows:
        assert isinstance(row, SFTExample)
        said = [text for kind, _, text in pieces(row) if kind.endswith("verdict")]
        assert said == ["Verdict: right" if row.variant == "D3" else "Verdict: wrong"]


def test_a_revision_is_continued_from_the_verdict_where_the_policy_can(judge: Judge) -> None:
    lead = Jars(0).wrong("slip_first") + "\n\n[VERIFY] wrong\n\n"
    replies = (lead + Jars(0).right(again=True), lead + "The answer is \\boxed{17}.")
    rows = rows_of("self_rewarding", judge, second=replies, checks=False, misled=0)
    revised = [r for _, r in rows if r.variant == "D1" and r.problem_id == "jars/0"]
    sampled = [
        (r, case)
        for case, r in rows
        for a in case.attempts
        if r in revised and a.id in r.parents and a.text.startswith(lead)
    ]
    assert sampled and all(
        r.messages[-1].content == replies[0] for r, _ in sampled if isinstance(r, SFTExample)
    )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("self_rewarding", {"right_marker": "fine"}),
        ("self_rewarding", {"wrong_marker": "[VERIFY] correct"}),
        ("proposer_verifier", {"wrong_line": "Hm"}),
        ("refine_or_stop", {"refine": "<again>"}),
        ("refine_or_stop", {"stop": "[refine]"}),
    ],
)
def test_markers_that_cannot_be_read_back_are_refused(name: str, options: dict[str, str]) -> None:
    with pytest.raises(pydantic.ValidationError):
        RECIPES.find(name).model_validate(options)


@pytest.mark.parametrize(
    ("wrong", "decided", "wanted"),
    [
        (0, 5, 0),
        (1, 5, 1),
        (2, 5, 2),
        (3, 5, 2),
        (4, 5, 3),
        (5, 5, 3),
        (1, 10, 1),
        (4, 10, 2),
        (8, 10, 3),
        (0, 0, 0),
    ],
)
def test_trials_follow_how_hard_the_problem_is(wrong: int, decided: int, wanted: int) -> None:
    assert trials(wrong, decided) == wanted


def test_trials_end_in_a_right_answer_that_is_confirmed(judge: Judge) -> None:
    rows = rows_of("trial_and_check", judge, keep=(1, 1, 1, 1))
    assert rows and {case.problem.id for case, _ in rows} == {f"jars/{n}" for n in range(6)}
    for case, row in rows:
        assert isinstance(row, SFTExample)
        parts = pieces(row)
        wrong = [text for kind, _, text in parts if kind == "mistake"]
        answers = {a.verdict.evidence for a in case.attempts if a.text in wrong}
        assert len(wrong) == len(answers) == 2 and row.variant == "3_trials"
        assert [stated_verdict(t) for k, _, t in parts if k == "verdict"] == [False, False, True]
        assert parts[-3][0] == "correction" and parts[-2][:2] == ("trigger", 1.0)
        assert [w for k, w, _ in parts if k == "trigger"] == [0.0, 1.0, 0.0, 1.0, 1.0]
        assert all(w == 0 for k, w, _ in parts if k == "mistake")
    assert not rows_of("trial_and_check", judge, keep=(0, 0, 0, 0), keep_fewer=0)


def test_messages_of_spoc_stand_for_themselves_or_joined(judge: Judge) -> None:
    apart, joined = rows_of("proposer_verifier", judge), rows_of("proposer_verifier", judge, joined=True)
    want = {"corrected": [MISTAKE, VERDICT, CORRECTION], "confirmed": [("answer", 1.0), VERDICT]}
    assert shapes(apart) == shapes(joined) == want
    for (_, one), (_, other) in zip(apart, joined, strict=True):
        assert isinstance(one, SFTExample) and isinstance(other, SFTExample)
        assert [m.role for m in one.messages] == ["user"] + ["assistant"] * len(want[one.variant])
        assert len(other.messages) == 2
    counts = Counter((row.problem_id, row.variant) for _, row in apart)
    assert set(counts.values()) == {1} and "jars/6" not in {problem for problem, _ in counts}


def test_refine_or_stop_pairs_and_rows(judge: Judge) -> None:
    rows = rows_of("refine_or_stop", judge)
    pairs = [r for _, r in rows if isinstance(r, PreferenceExample)]
    assert {r.variant for r in pairs} == {
        f"{s}.{w}" for s in ("verify", "correct") for w in ("stop", "refine")
    }
    for row in pairs:
        behind = row.variant.endswith("refine")
        assert (row.prompt[-1].role == "assistant") == behind
        assert row.chosen[0].content.endswith("[stop]") != behind or row.variant == "correct.refine"
        assert (row.shared_prefix > 0) != behind
        if row.variant == "correct.refine":
            assert row.chosen[0].content.startswith("[refine]\n\n") and "reference" in row.parents
    assert shapes(rows) == {
        "sft.stop": [("answer", 1.0), VERDICT],
        "sft.refine": [MISTAKE, VERDICT, CORRECTION],
    }
    most = Counter((r.problem_id, r.variant) for _, r in rows)
    assert set(most.values()) == {1}


def test_the_second_stage_takes_other_answers_where_there_are_any() -> None:
    world = asyncio.run(answers())
    assert [turned(world, 1, n) for n in range(3)] == [[world[0]], [world[1]], [world[2]]]
    assert [turned(world[:1], 2, n) for n in range(2)] == [world[:1]] * 2
    assert turned([], 2, 1) == []


async def answers() -> list[Attempt]:
    with Judge() as judge:
        return list((await case_of(0, tools(1, judge))).attempts)


def test_selective_revision_revises_what_it_rejected(judge: Judge) -> None:
    rows = rows_of("selective_revision", judge)
    assert shapes(rows) == {
        "confirmed": [("answer", 1.0), VERDICT],
        "revised": [MISTAKE, VERDICT, CORRECTION],
    }
    for _, row in rows:
        assert isinstance(row, SFTExample)
        assert len(row.messages) == (6 if row.variant == "revised" else 4)
        assert stated_verdict(row.messages[3].content) is (row.variant == "confirmed")
        assert row.error_kind == "none" or row.variant == "revised"


def test_refine_or_stop_options(judge: Judge) -> None:
    rows = rows_of(
        "refine_or_stop",
        judge,
        refine="<|refine|>",
        stop="<|stop|>",
        stages=["correct"],
        as_sft=False,
        revision="own",
    )
    assert {r.variant for _, r in rows} == {"correct.stop", "correct.refine"}
    assert all(r.parents[1] != "reference" for c, r in rows if r.variant == "correct.refine" and c.rights)


def test_introspection_weights_are_those_of_the_reward(judge: Judge) -> None:
    for _, row in rows_of("introspection", judge):
        assert isinstance(row, SFTExample)
        *earlier, (kind, weight, _) = pieces(row)
        assert all(w == 0 for _, w, _ in earlier)
        assert weight == pytest.approx(1.0 if kind == "mistake" else math.exp(2.5))
        assert row.verified_by.startswith("wrong:" if kind == "mistake" else "answer:")
    normal = rows_of("introspection", judge, normalise=True, tau=1.0)
    weights = {round(r.spans[-1].weight, 6) for _, r in normal if isinstance(r, SFTExample)}
    assert weights == {1.0, round(math.exp(-1), 6)}


def test_introspection_keeps_the_turns_asked_for(judge: Judge) -> None:
    kept = {
        k: {r.variant for _, r in rows_of("introspection", judge, keep=k)}
        for k in ("all", "success", "better")
    }
    assert all(".right." in v for v in kept["success"])
    assert {v for v in kept["better"] if ".wrong." in v} <= {"turn_1.wrong.first"}
    assert kept["success"] < kept["better"] <= kept["all"]


def test_a_teacher_improves_and_its_answer_is_kept(judge: Judge) -> None:
    better = Jars(0).right(again=True).replace("crates", "boxes")
    rows = [(c, r) for c, r in rows_of("introspection", judge, teacher=better) if r.problem_id == "jars/0"]
    taught = [(c, r) for c, r in rows if r.variant == "turn_2.right.teacher"]
    assert taught
    for case, row in taught:
        assert isinstance(row, SFTExample)
        assert row.messages[-1].content == better and row.teacher and row.written_by == "teacher"
        assert better in {a.text for a in case.attempts if a.id in row.parents}


def test_self_verification_is_balanced_and_scored(judge: Judge) -> None:
    rows = rows_of("self_verification", judge, one_word=True, most=1)
    assert shapes(rows) == {"scored": [("critique", 1.0), VERDICT], "one_word": [VERDICT]}
    said = Counter(r.messages[-1].content.split("\n")[-1] for _, r in rows if isinstance(r, SFTExample))
    assert said == {"Score: 1": 6, "Score: 0": 6, "True": 6, "False": 6}
    alone = rows_of("self_verification", judge, balanced=False, most=1)
    assert "jars/6" in {r.problem_id for _, r in alone} - {r.problem_id for _, r in rows}


def test_hard_negatives(judge: Judge) -> None:
    plain = rows_of("verifier_pairs", judge, most=9)
    for negatives in ("nearest", "majority"):
        hard = rows_of("verifier_pairs", judge, most=9, negatives=negatives)
        assert 0 < len(hard) < len(plain) and {r.variant for _, r in hard} == {negatives}
    near = rows_of("verifier_pairs", judge, most=9, negatives="nearest")
    assert all(set(r.parents) <= {a.id for a in c.attempts} for c, r in near)
    made = [r for _, r in rows_of("verifier_pairs", judge, injected=2) if r.variant == "injected"]
    assert made and all(r.origin == "injected" and r.located_by for r in made)


@pytest.mark.parametrize("bank", [RETRY, GRADE_IT])
def test_banks(bank: tuple[str, ...]) -> None:
    assert problems_of(bank) == []
