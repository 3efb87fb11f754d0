"""Gates that count: rows, unknown verdicts, rows without a mistake."""

from pathlib import Path

from tests.datasets import Row, found, rewritten, with_manifest


def test_every_recipe_needs_its_rows_also_one_without_any(copy: Path) -> None:
    assert found(copy, "rows", least=1).passed
    assert found(copy, "rows", least=1).numbers["cells"] == 4
    rewritten(copy, "preference", lambda rows: [])
    result = found(copy, "rows", least=1)
    assert not result.passed and result.findings == ("verifier_pairs: 0 rows",)
    assert result.numbers == {"cells": 4, "least": 0, "short": 1, "targets_short": 0}


def test_cells_are_what_it_is_told(dataset: Path) -> None:
    by_kind = found(dataset, "rows", least=5, by=["table", "recipe", "variant", "error_kind"])
    assert not by_kind.passed and by_kind.numbers["cells"] > 8
    assert all(" · " in finding for finding in by_kind.findings)
    assert found(dataset, "rows", least=0, by=["table", "recipe", "variant", "error_kind"]).passed
    assert not found(dataset, "rows", least=10**6, by=[]).passed


def test_a_short_target_is_named(copy: Path) -> None:
    with_manifest(copy, targets=[{"cell": "lemma · calculation", "asked": 9, "got": 4}])
    result = found(copy, "rows")
    assert not result.passed and result.findings == ("target lemma · calculation: 4 of 9 rows",)
    assert found(copy, "rows", targets=False).passed


def test_unknown_verdicts_are_counted_over_the_problems_own_attempts(copy: Path) -> None:
    before = found(copy, "unknown")
    assert before.passed and before.numbers["unknown"] == 0 and before.numbers["attempts"] == 70

    def forget(rows: list[Row]) -> list[Row]:
        for number, row in enumerate(row for row in rows if not row["recipe"]):
            if number % 3 == 0:
                row.update(verdict="unknown", reason="timeout", source="hard")
        return rows

    rewritten(copy, "attempts", forget)
    result = found(copy, "unknown", most=0.1)
    assert not result.passed and "timeout: 2" in result.said
    assert 0.3 < result.numbers["share"] < 0.4
    assert found(copy, "unknown", most=0.4).passed
    sources = found(copy, "unknown", most=0.4, by_source=True)
    assert not sources.passed and sources.findings == ("hard: 100.0%",)


def test_a_dataset_that_lost_its_rows_without_a_mistake_over_corrects(copy: Path) -> None:
    assert found(copy, "over_correction", least=0.1).passed
    rewritten(copy, "sft", lambda rows: [row for row in rows if row["error_kind"] != "none"])
    result = found(copy, "over_correction", least=0.1)
    assert not result.passed and result.numbers["control"] == 0
    by_recipe = found(
        copy, "over_correction", least=0.1, by="recipe", recipes=["stepwise_correction", "lemma"]
    )
    assert by_recipe.findings == ("lemma: 0.0%", "stepwise_correction: 0.0%")


def test_a_row_that_ends_wrongly_on_purpose_is_no_control(copy: Path) -> None:
    rewritten(copy, "sft", lambda rows: [{**row, "verified_by": "wrong:exact"} for row in rows])
    assert found(copy, "over_correction").numbers["control"] == 0


def test_empty_tables_are_counted_as_empty(copy: Path) -> None:
    for table in ("sft", "preference", "stepwise", "attempts"):
        rewritten(copy, table, lambda rows: [])
    assert not found(copy, "rows").passed and found(copy, "rows").numbers["least"] == 0
    assert found(copy, "unknown").numbers["share"] == 0
    assert not found(copy, "over_correction").passed
    assert found(copy, "contamination").passed
