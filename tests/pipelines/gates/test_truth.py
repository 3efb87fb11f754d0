"""The truth gate fails on a damaged row and names it; on what was built it passes."""

from pathlib import Path

import pytest

from filters.truth import Truth
from filters.verify.math.judge import Judge
from pipelines.gates.again import read_manifest
from pipelines.gates.base import Examined
from pipelines.gates.readback import Known
from pipelines.gates.sample import sample
from pipelines.gates.truth import Recheck
from schemas.arrow import TABLES
from tests.datasets import Row, found, rewritten

ALL = 100_000


def test_what_was_built_proves_again(dataset: Path) -> None:
    result = found(dataset, "truth", rows=ALL)
    assert result.passed and not result.findings
    assert result.numbers["checked"] > 100
    assert result.numbers["second"] > 100 and result.numbers["disagreed"] == 0


def test_the_sample_is_the_same_twice_and_another_with_another_seed_and_holds_every_variant(
    dataset: Path,
) -> None:
    examined = Examined(dataset, read_manifest(dataset), Path())
    drawn = [[(t, r["id"]) for t, r in sample(examined, TABLES, 40, seed)] for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2] and len(set(drawn[0])) == 40
    few = [(t, r["recipe"], r["variant"]) for t, r in sample(examined, TABLES, 1, 0)]
    every = {(t, r["recipe"], r["variant"]) for t, r in sample(examined, TABLES, ALL, 0)}
    assert sorted(few) == sorted(every)


def _corrected(row: Row) -> bool:
    return (row["recipe"], row["variant"]) == ("stepwise_correction", "own_attempt")


def flip_answer(row: Row) -> None:
    last = row["messages"][-1]
    last["content"] = (
        last["content"][:-3] + ("1" if last["content"][-3] != "1" else "2") + last["content"][-2:]
    )


def shift_span(row: Row) -> None:
    spans = row["spans"]
    at = next(i for i, s in enumerate(spans) if s["kind"] == "mistake")
    spans[at]["end"] -= 2
    spans[at + 1]["start"] -= 2


def grow_mistake(row: Row) -> None:
    spans = row["spans"]
    at = next(i for i, s in enumerate(spans) if s["kind"] == "mistake")
    spans[at]["end"] += 9
    spans[at + 1]["start"] += 9


def end_in_mistake(row: Row) -> None:
    spans = row["spans"]
    spans[-1]["kind"] = "mistake"


def leave_gap(row: Row) -> None:
    row["spans"][-1]["start"] += 1


def lose_parent(row: Row) -> None:
    row["parents"] = ["a-00000000000000000000"]


def lose_problem(row: Row) -> None:
    row["problem_id"] = "jars/none"


def swap_sides(row: Row) -> None:
    row["chosen"], row["rejected"] = row["rejected"], row["chosen"]
    row["chosen_spans"], row["rejected_spans"] = row["rejected_spans"], row["chosen_spans"]


def hide_error(row: Row) -> None:
    row["labels"], row["first_error"] = [True] * len(row["labels"]), None


CASES = [
    ("sft", _corrected, flip_answer, "right_side_fails"),
    ("sft", _corrected, shift_span, "mistake_misplaced"),
    ("sft", _corrected, grow_mistake, "mistake_not_sampled"),
    ("sft", _corrected, end_in_mistake, "wrong_side_right"),
    ("sft", _corrected, leave_gap, "bad_record"),
    ("sft", _corrected, lose_parent, "parent_missing"),
    ("sft", _corrected, lose_problem, "bad_record"),
    ("preference", lambda row: row["verified_by"].startswith("answer:"), swap_sides, "right_side_fails"),
    (
        "stepwise",
        lambda row: row["located_by"] != "equations" and row["first_error"],
        hide_error,
        "labels_differ",
    ),
]


def test_every_damaged_row_is_named_with_its_reason_and_no_other(copy: Path) -> None:
    expected: dict[str, str] = {}
    for table in ("sft", "preference", "stepwise"):

        def change(rows: list[Row], table: str = table) -> list[Row]:
            for place, fits, damage, reason in CASES:
                row = next((r for r in rows if place == table and fits(r) and r["id"] not in expected), None)
                if row is not None and reason not in {expected.get(r["id"]) for r in rows}:
                    damage(row)
                    expected[row["id"]] = reason
            return rows

        rewritten(copy, table, change)
    assert sorted({reason for *_, reason in CASES}) == sorted(set(expected.values()))
    result = found(copy, "truth", rows=ALL)
    assert not result.passed
    assert sorted(result.findings) == sorted(f"{row} ({reason})" for row, reason in expected.items())
    assert result.numbers["disagreed"] == len(expected)
    assert found(copy, "truth", rows=ALL, most=len(expected)).passed


@pytest.mark.parametrize("verdict", ["right", "wrong"])
def test_an_attempt_with_another_verdict_is_named(copy: Path, verdict: str) -> None:
    flipped: list[str] = []

    def change(rows: list[Row]) -> list[Row]:
        row = next(r for r in rows if r["verdict"] == verdict and not r["recipe"])
        if not flipped:
            row["verdict"] = {"right": "wrong", "wrong": "right"}[verdict]
            flipped.append(row["id"])
        return rows

    rewritten(copy, "attempts", change)
    result = found(copy, "truth", rows=ALL)
    assert not result.passed and f"{flipped[0]} (verdict_differs)" in result.findings


def test_a_judge_that_believes_a_wrong_answer_is_contradicted(dataset: Path) -> None:
    nothing = Known(Examined(Path(), read_manifest(dataset), Path()), ())
    with Judge() as judge:
        check = Recheck(nothing, judge, Truth())
        assert check._second("18", [("so \\boxed{18}", True), ("so \\boxed{19}", False)]) is None
        assert check._second("18", [("so \\boxed{19}", True)]) == "second_opinion"
        assert check._second("18", [("so \\boxed{18.0}", False)]) == "second_opinion"
        assert (check.second, check.undecided) == (4, 0)
        assert check._second("3", [("so \\boxed{three}", True)]) is None
        assert check.undecided == 1


def test_a_dataset_without_any_row_has_not_proven_anything(copy: Path) -> None:
    for table in ("sft", "preference", "stepwise", "attempts"):
        rewritten(copy, table, lambda rows: [])
    result = found(copy, "truth")
    assert not result.passed and result.said == "there is no row to check"


def test_rows_whose_attempts_are_gone_are_not_believed(copy: Path) -> None:
    rewritten(copy, "attempts", lambda rows: [])
    result = found(copy, "truth", rows=10)
    assert not result.passed and "bad_record" in result.findings[0]
