"""LEMMA: both strategies once a mistake, mistakes put in and called so, smoothing, rows by failure rate."""

import pytest
from pydantic import ValidationError

from filters.verify.math.judge import Judge
from generators.recipes.lemma import Lemma
from tests.generators.recipes.asked import case_with, kinds, learning, parts, rows_of, teacher, world
from tests.world import Jars


def test_each_mistake_is_fixed_and_restarted_and_its_step_is_learnt(judge: Judge) -> None:
    rows = learning(world(judge, Lemma(injected=0)))
    by = {v: [r for r in rows if r.variant == v] for v in ("fix_and_continue", "fresh_and_restart")}
    assert len(by["fix_and_continue"]) > 5 and len(by["fresh_and_restart"]) > 5
    fixed = {"reflection", "correction", "mistake"}
    assert all(fixed <= set(kinds(row)) <= {*fixed, "prefix", "continuation"} for row in rows)
    assert all(weight == 1 for row in rows for _, _, weight in parts(row))


def test_masking_the_mistake_is_an_option(judge: Judge) -> None:
    rows = world(judge, Lemma(weights={"mistake": 0}, injected=0), count=2)
    assert {(kind, weight) for row in rows for kind, _, weight in parts(row) if kind == "mistake"} == {
        ("mistake", 0)
    }


def test_mistakes_put_in_say_so_and_descend_from_a_right_attempt(judge: Judge) -> None:
    rows = [row for row in world(judge, Lemma(mistakes=0, injected=2)) if row.origin == "injected"]
    assert len(rows) > 5
    assert all(len(row.parents) > 1 for row in rows if row.variant == "fresh_and_restart")
    assert all(row.error_kind not in {"unknown", "none"} for row in rows)


def test_kinds_put_in_can_be_chosen_and_must_exist(judge: Judge) -> None:
    rows = world(judge, Lemma(mistakes=0, injected=2, kinds={"operator": 1}), count=3)
    assert {row.error_kind for row in rows} == {"operator"}
    with pytest.raises(ValidationError, match="operator"):
        Lemma(kinds={"operatr": 1})


def test_a_problem_that_is_never_missed_gives_nothing(judge: Judge) -> None:
    case, served = case_with(judge, [Jars(0).right(), Jars(0).right(again=True)])
    assert rows_of(Lemma(), served, case)[0] == []


def test_hard_makes_rows_by_the_failure_rate_half_of_them_put_in(judge: Judge) -> None:
    rows = world(judge, Lemma(hard=True, k_max=6), count=1)
    # Five of seven attempts are wrong: 6 * 5/7 / 2 rounds to 2 of each.
    assert [row.origin for row in rows] == ["policy"] * 2 + ["injected"] * 2


def smoothing(judge: Judge, says: str) -> list[str]:
    recipe = Lemma(smooth=True, injected=0, fresh_and_restart=False, texts="bank")
    rows = world(judge, recipe, count=1, teacher=teacher(says))
    texts = [row.messages[-1].content for row in learning(rows) if row.written_by == "teacher"]
    return [text for text in texts if text.startswith(SLIP)]


SLIP = "Step 1: 3 * 4 = 22\n"
GOOD = (
    "Wait, 3 * 4 should be 12 here. So step 1 is 3 * 4 = 12, and then 12 + 5 = 17. The answer is \\boxed{17}."
)


def test_a_smoothing_that_keeps_the_work_is_taken_behind_the_verbatim_prefix(judge: Judge) -> None:
    (text,) = smoothing(judge, GOOD)
    assert text == SLIP + GOOD


@pytest.mark.parametrize(
    "says",
    [
        GOOD.replace("\\boxed{17}", "\\boxed{18}"),
        GOOD.replace("3 * 4 = 12, ", ""),
        GOOD.replace("12 + 5 = 17", "12 + 5 = 18"),
        GOOD.replace("Wait,", "By the reference solution,"),
        GOOD * 3,
        "Step 1: 3 * 4 = 22\nWait. " + GOOD.replace("Wait, ", "Step 1: 3 * 4 = 22 is off. "),
        "",
    ],
    ids=[
        "another answer",
        "a result is lost",
        "a false step",
        "a leak",
        "too long",
        "says the mistake again",
        "nothing",
    ],
)
def test_a_smoothing_that_does_not_is_not(judge: Judge, says: str) -> None:
    assert smoothing(judge, says) == []
