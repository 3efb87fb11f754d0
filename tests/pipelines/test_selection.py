"""Caps and targets on made-up chunks: exact counts, spread over problems, stable when problems are added."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.selection import Selection, select
from pipelines.targets import CapOptions, Cell, TargetOptions

RATES = {"p0": 1.0, "p1": 0.5, "p2": 0.0, "p3": None}


def chunk(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    """A chunk's folder with rows of (problem, recipe, kind) and the problems' pass rates."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {
        "id": [f"r-{folder.name}-{n}" for n in range(len(rows))],
        "problem_id": [r[0] for r in rows],
        "recipe": [r[1] for r in rows],
        "variant": ["" for _ in rows],
        "error_kind": [r[2] for r in rows],
        "origin": ["policy" for _ in rows],
    }
    schema = dict.fromkeys(columns, pl.String)
    pl.DataFrame(columns, schema=schema).write_parquet(folder / "sft.train.parquet")
    problems = sorted({r[0] for r in rows})
    rates = {
        "problem_id": problems * 2,
        "pass_rate": [*(RATES[p] for p in problems), *(None for _ in problems)],
    }
    attempts = pl.DataFrame(rates, schema={"problem_id": pl.String, "pass_rate": pl.Float32})
    attempts.write_parquet(folder / "attempts.train.parquet")
    return folder


def kept(folders: list[Path], chosen: Selection) -> pl.DataFrame:
    rows = pl.concat([pl.read_parquet(f / "sft.train.parquet") for f in folders])
    return rows.filter(~pl.col("id").is_in(list(chosen.out)))


def test_without_caps_and_targets_everything_stays(tmp_path: Path) -> None:
    assert (
        select([chunk(tmp_path / "a", [("p0", "lemma", "none")])], TargetOptions(), CapOptions())
        == Selection()
    )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_cell_gets_exactly_its_rows_or_all_there_are(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    row = st.tuples(
        st.sampled_from(list(RATES)),
        st.sampled_from(["lemma", "pairs"]),
        st.sampled_from(["none", "operator"]),
    )
    folder = tmp_path_factory.mktemp("rows")
    folders = [chunk(folder / str(n), data.draw(st.lists(row, max_size=20))) for n in range(2)]
    wanted = data.draw(st.integers(1, 12))
    cells = [Cell(recipe="lemma", error_kind="operator", rows=wanted), Cell(recipe="lemma", rows=3)]
    chosen = select(folders, TargetOptions(cells=cells), CapOptions())
    before, after = kept(folders, Selection()), kept(folders, chosen)
    first = (pl.col("recipe") == "lemma") & (pl.col("error_kind") == "operator")
    second = (pl.col("recipe") == "lemma") & (pl.col("error_kind") != "operator")
    for cell, fits, most in ((chosen.cells[0], first, wanted), (chosen.cells[1], second, 3)):
        assert after.filter(fits).height == cell.got == min(most, before.filter(fits).height)
        assert cell.asked == most
    others = pl.col("recipe") != "lemma"
    assert after.filter(others).height == before.filter(others).height
    assert chosen.short == any(cell.got < cell.asked for cell in chosen.cells)


def test_rows_of_a_cell_are_spread_over_the_problems(tmp_path: Path) -> None:
    folder = chunk(
        tmp_path / "a", [("p0", "lemma", "none")] * 5 + [("p1", "lemma", "none"), ("p2", "lemma", "none")]
    )
    chosen = select([folder], TargetOptions(cells=[Cell(recipe="lemma", rows=3)]), CapOptions())
    assert sorted(kept([folder], chosen)["problem_id"]) == ["p0", "p1", "p2"]


def test_difficulty_is_the_measured_one(tmp_path: Path) -> None:
    folder = chunk(tmp_path / "a", [(p, "lemma", "none") for p in RATES])
    for difficulty, problem in (("easy", "p0"), ("medium", "p1"), ("hard", "p2")):
        cell = Cell.model_validate({"difficulty": difficulty, "rows": 9})
        chosen = select([folder], TargetOptions(cells=[cell], others="drop"), CapOptions())
        assert kept([folder], chosen)["problem_id"].to_list() == [problem]


def test_caps_keep_the_first_and_come_before_targets(tmp_path: Path) -> None:
    rows = [("p0", "lemma", "none")] * 3 + [("p1", "lemma", "none")] * 3 + [("p1", "pairs", "none")]
    folder = chunk(tmp_path / "a", rows)
    chosen = select([folder], TargetOptions(), CapOptions(problem=2, kind=3))
    assert [i.rsplit("-")[-1] for i in kept([folder], chosen)["id"]] == ["0", "1", "3", "6"]
    assert chosen.out["r-a-2"] == "cap_problem" and chosen.out["r-a-4"] == "cap_kind"
    wanted = TargetOptions(cells=[Cell(recipe="lemma", rows=4)])
    assert select([folder], wanted, CapOptions(problem=1)).cells[0].got == 2


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"rows": 3}, "name at least one"),
        ({"rows": 0, "recipe": "x"}, "greater"),
        ({"rows": 1, "error_kind": "calculatoin"}, "did you mean 'calculation'"),
    ],
)
def test_a_cell_that_names_nothing_sensible_is_refused(written: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Cell.model_validate(written)
