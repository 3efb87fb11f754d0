"""Right by luck: what the reference does not compute, on rollouts that were read."""

import json
from pathlib import Path
from typing import Any

import pytest

from filters.verify.math.judge import Judge
from generators.locating.luck import without_luck
from generators.solutions import REFERENCE, right_solutions
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.problem import Problem

CASES = json.loads((Path(__file__).parents[2] / "cases" / "luck.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_luck_is_told_from_another_way(case: dict[str, Any]) -> None:
    with Judge() as judge:
        problem = Problem(
            id="p",
            statement=case["statement"],
            answer=case["answer"],
            solution=case["reference"],
            source="t",
            licence="MIT",
        )
        attempt = Attempt(
            problem_id="p",
            text=case["text"],
            steps=split_steps(case["text"], "lines"),
            model="m",
            policy="m",
            index=0,
            verdict=judge.verdict(problem, case["text"]),
        )
        asked = Case(problem, (attempt,))
        solutions = right_solutions(asked, "lines", judge)
        assert attempt.id in {s.parent for s in solutions}
        assert not case["luck"] or REFERENCE in {s.parent for s in solutions}
        kept = without_luck(asked, solutions)
        assert (attempt.id not in {s.parent for s in kept}) is case["luck"]
        assert without_luck(asked, solutions[:1]) == solutions[:1], "nothing is known without a reference"
