"""S3c-Math: wrong steps on right paths, sampled or put in, masked, several in one solution, each kept as an attempt."""

import asyncio
from itertools import pairwise

from filters.verify.math.judge import Judge
from generators.ask import Ask
from generators.recipes.stepwise_correction import StepwiseCorrection
from generators.wrong_steps import WrongStep, by_way
from schemas.attempt import Attempt, Step
from schemas.location import Location
from tests.generators.recipes.asked import kinds, learning, parts, world
from tests.world import Jars, case_of, tools


def only(**options: int) -> StepwiseCorrection:
    """The recipe with nothing but what is asked for."""
    return StepwiseCorrection.model_validate(
        {"own_attempts": 0, "paths": 0, "injected": 0, "originals": 0, **options}
    )


def test_sampled_steps_are_masked_noticed_and_put_right(judge: Judge) -> None:
    rows = learning(world(judge, only(paths=1)))
    assert rows and {row.variant for row in rows} == {"sampled_step"}
    for row in rows:
        assert [w for k, _, w in parts(row) if k == "mistake"] == [0] * kinds(row).count("mistake")
        assert kinds(row).count("mistake") == kinds(row).count("reflection") >= 1
        unmasked = "".join(text for kind, text, _ in parts(row) if kind not in {"mistake", "reflection"})
        assert unmasked in {a.right(again) for again in (False, True) for a in _jars()}


def test_a_sampled_step_is_an_attempt_that_ends_with_it(judge: Judge) -> None:
    served = tools(3, judge)
    case = asyncio.run(case_of(0, served))
    door = Ask(case, served).for_recipe("stepwise_correction")
    rows = asyncio.run(only(paths=1, insertions=1).build(case, door))
    assert rows[0].parents[0] in door.extras
    kept = door.extras[rows[0].parents[0]]
    mistake = next(text for kind, text, _ in parts(rows[0]) if kind == "mistake")
    assert kept.attempt.text.endswith(mistake.strip() + "\n") and kept.variant == "wrong_step"
    assert kept.attempt.verdict.reason == "unchecked" and kept.parents[0] in {a.id for a in case.rights}


def test_several_insertions_are_capped(judge: Judge) -> None:
    for most in (1, 2):
        rows = world(judge, only(paths=1, insertions=most))
        assert max(kinds(row).count("mistake") for row in rows) == most


def test_injected_steps_keep_the_path(judge: Judge) -> None:
    rows = learning(world(judge, only(injected=3), sampling=False))
    assert rows and {row.origin for row in rows} == {"injected"}
    for row in rows:
        kept = "".join(
            text for kind, text, _ in parts(row) if kind in {"prefix", "correction", "continuation"}
        )
        assert kept in {a.right(again) for again in (False, True) for a in _jars()}


def test_originals_are_right_attempts_without_a_mistake(judge: Judge) -> None:
    rows = learning(world(judge, only(originals=1)))
    assert [(row.error_kind, kinds(row)) for row in rows] == [("none", ["answer"])] * len(rows) and rows


def _jars() -> list[Jars]:
    return [Jars(number) for number in range(5)]


def test_the_same_mistake_under_two_numbers_is_made_once() -> None:
    def step(number: int, said: str, method: str) -> WrongStep:
        before = "So.\n"
        text = before * number + f"Step {number + 1}: {said}\n"
        starts = [*(len(before) * n for n in range(number + 1)), len(text)]
        steps = tuple(Step(*ends) for ends in pairwise(starts))
        attempt = Attempt(problem_id="p", text=text, steps=steps, model="m", policy="m", index=0)
        return WrongStep(attempt, Location(number, method, proven=True))

    twice = [step(0, "5 + 12 = 17", "construction"), step(1, "5 + 12 = 17", "construction")]
    other, elsewhere = step(1, "5 + 1 = 7", "construction"), step(2, "5 + 12 = 17", "equations")
    assert by_way([*twice, other, elsewhere]) == [[twice[1], other], [elsewhere]]
