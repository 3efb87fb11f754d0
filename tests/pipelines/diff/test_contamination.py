"""What was held out and can now be learnt from is found by id and by statement."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.diff.compare import difference
from pipelines.diff.sections import sections
from pipelines.rows import split_of
from schemas.problem import Problem
from tests.pipelines.diff.versions import COUNT, Versions
from tests.world import Jars

SHARE = 0.6


@pytest.fixture(scope="module")
def held_out(versions: Versions) -> Path:
    return versions("test_share", f"test_share={SHARE}")


def test_a_problem_that_moves_from_test_to_train_is_a_leak(versions: Versions, held_out: Path) -> None:
    base = versions("base")
    seen = difference(held_out, base).contamination
    tested = {n for n in range(COUNT) if split_of(Jars(n).problem, SHARE) == "test"}
    learnt = {n for n in range(COUNT) if split_of(Jars(n).problem, 0.2) == "train"}
    leaked = {f"jars/{n}" for n in tested & learnt}
    assert seen.from_test == len(leaked) > 0 and not seen.clean
    assert {leak.problem_id for leak in seen.leaks} == leaked
    tables = pl.concat(
        [pl.read_parquet(p, columns=["problem_id"]) for p in (base / "data").glob("*/train-*.parquet")]
    )
    assert seen.from_test_rows == tables.filter(pl.col("problem_id").is_in(leaked)).height
    back = difference(base, held_out).contamination
    assert back.clean and back.from_test == 0 and back.to_test == len(leaked)


def test_a_copy_in_train_of_a_statement_that_is_held_out_is_found(versions: Versions, held_out: Path) -> None:
    tested = next(n for n in range(COUNT) if split_of(Jars(n).problem, SHARE) == "test")
    statement = Jars(tested).problem.statement
    copies = (statement.replace("There", "THERE" + " " * n) for n in range(1, 99))
    copy = next(c for c in copies if split_of(Problem(statement=c, answer="1"), SHARE) == "train")

    def doubled(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [*problems, {**problems[tested], "id": "copy", "question": copy}]

    other = versions("copy", f"test_share={SHARE}", edit=doubled)
    found = difference(held_out, other)
    seen = found.contamination
    assert (seen.from_test, seen.within, seen.within_before) == (1, 1, 0) and not seen.clean
    assert [(leak.problem_id, leak.held_out_id, leak.split) for leak in seen.leaks] == [
        ("copy", f"jars/{tested}", "test")
    ]
    warned = [section for section in sections(found) if section.warning]
    assert [section.title for section in warned] == ["Contamination"]


def test_what_the_gates_of_both_say_is_shown(versions: Versions, tmp_path: Path) -> None:
    folders = []
    for name, passed, shared in (("a", True, 0), ("b", False, 3)):
        folder = tmp_path / name
        shutil.copytree(versions("base"), folder, ignore=shutil.ignore_patterns("work"))
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        gates = [
            {
                "gate": "contamination",
                "passed": passed,
                "said": f"{shared} shared",
                "numbers": {"shared": shared},
            }
        ]
        path.write_text(json.dumps({**manifest, "gates": gates}), encoding="utf-8")
        folders.append(folder)
    found = difference(*folders)
    (gate,) = found.gates
    assert (gate.passed_a, gate.passed_b, gate.said_b) == (True, False, "3 shared")
    assert [(n.name, n.a, n.b) for n in gate.numbers] == [("shared", "0", "3")]
    assert [s.title for s in sections(found) if s.warning] == ["Quality gates"]
