"""What bench/realism.py measures with: areas under the curve, matching, and places of own mistakes."""

import random
from itertools import product

import pytest

pytest.importorskip("sklearn")

from bench.realism_data import Mistake, Own, own_mistakes, uniform
from bench.realism_probe import places
from bench.realism_texts import auc, auc_error, looks, matched, told_apart
from filters.verify.equations import equations
from schemas.problem import Problem

PROBLEM = Problem(
    statement="What is 90 + 50 - 40?",
    answer="100",
    solution="Step 1: 90 + 50 = 140\nStep 2: 140 - 40 = 100\nThe answer is \\boxed{100}.",
    family="chain",
)
RIGHT = PROBLEM.solution
EARLY = RIGHT.replace("140", "150").replace("100", "110")
LATE = RIGHT.replace("100", "90")
OTHERWISE = "Step 1: 50 - 40 = 10\nStep 2: 10 + 90 = 90\nThe answer is \\boxed{90}."
OWN = Own(PROBLEM, (RIGHT, EARLY, LATE, LATE, OTHERWISE))


def mistake(number: int, off: int, family: str = "chain") -> Mistake:
    step = f"Step 1: {number} + 25 = {number + 25 + off}"
    return Mistake(family, f"What is {number} + 25?", "", step, "", "calculation")


def test_auc_is_the_share_of_pairs_in_order() -> None:
    rng = random.Random(1)
    scores = [rng.randint(0, 9) for _ in range(60)]
    labels = [rng.random() < 0.4 for _ in scores]
    pairs = list(
        product(*([s for s, b in zip(scores, labels, strict=True) if b is w] for w in (True, False)))
    )
    expected = sum((w > r) + (w == r) / 2 for w, r in pairs) / len(pairs)
    assert auc(scores, labels) == pytest.approx(expected)
    assert auc([-s for s in scores], labels) == pytest.approx(1 - expected)


def test_the_error_of_an_area_is_hanley_and_mcneils() -> None:
    # The worked value of the paper's formula at an area of 0.5: (n + m + 1) / (12 n m), squared.
    assert auc_error(0.5, 50, 50) == pytest.approx((101 / (12 * 2500)) ** 0.5, rel=1e-2)
    assert auc_error(0.9, 100, 100) < auc_error(0.7, 100, 100) < auc_error(0.7, 30, 30)


def test_what_is_alike_is_not_told_apart_and_what_differs_is() -> None:
    rng = random.Random(2)
    own, other, odd = ([mistake(rng.randint(1, 9000), off) for _ in range(200)] for off in (10, 10, 10_000))
    assert told_apart(own, other, lambda m: m.step).auc < 0.6
    assert told_apart(own, odd, lambda m: m.step).auc > 0.9


def test_sides_are_matched_by_family_and_hold_a_problem_once() -> None:
    own = [mistake(n, 10) for n in (1, 1, 2, 3)] + [mistake(9, 10, "word")]
    other = [mistake(n, 1) for n in (1, 2)] + [mistake(n, 1, "word") for n in (8, 9, 10)]
    left, right = matched(own, other)
    for side in (left, right):
        assert sorted(m.family for m in side) == ["chain", "chain", "word"]
        assert len({m.statement for m in side}) == 3


def test_own_mistakes_are_first_false_steps_behind_the_references_own() -> None:
    found = list(own_mistakes([OWN]))
    assert [(m.prefix, m.step) for m in found] == [
        ("", "Step 1: 90 + 50 = 150"),
        ("Step 1: 90 + 50 = 140\n", "Step 2: 140 - 40 = 90"),
    ]
    assert all(PROBLEM.solution == m.prefix + m.right for m in found)
    assert looks(found).shifts == {"10": 1.0}
    assert looks(found).places == (0.5, 0.5, 0.0)


def test_the_probe_is_read_after_own_wrong_steps_and_after_right_ones_alone() -> None:
    found = {(p.text.splitlines()[-1], p.number): p.wrong for p in places([OWN])}
    assert found == {
        ("Step 1: 90 + 50 = 140", 0): False,
        ("Step 2: 140 - 40 = 100", 1): False,
        ("Step 1: 90 + 50 = 150", 0): True,
        ("Step 2: 140 - 40 = 90", 1): True,
    }


def test_the_uniform_perturbation_states_one_false_equation_behind_right_steps() -> None:
    for seed in range(20):
        for made in uniform(PROBLEM, random.Random(seed)):
            assert [e.holds for e in equations(made.step)] == [False]
            assert PROBLEM.solution == made.prefix + made.right
