"""`corrigenda inject` end to end: rows in, the same rows with a mistake each out."""

import json
from pathlib import Path
from typing import Any

import pytest

from generators.sources.procedural import Procedural
from generators.steps import split_steps
from pipelines.cli import main
from schemas.problem import Problem


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems(count: int) -> list[str]:
    made = Procedural(families=("word",), count=count).problems()
    return [
        json.dumps({"question": p.statement, "solution": p.solution, "answer": p.answer, "mine": i})
        for i, p in enumerate(made)
        if isinstance(p, Problem)
    ]


def run(tmp_path: Path, lines: list[str], *options: str) -> list[dict[str, Any]]:
    source, out = write(tmp_path / "in.jsonl", lines), tmp_path / "out" / "rows.jsonl"
    assert main(["inject", "--in", str(source), "--out", str(out), *options]) == 0
    assert [p.name for p in out.parent.iterdir()] == ["rows.jsonl"]
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_every_row_gets_a_mistake_with_its_proof(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = problems(30)
    made = run(tmp_path, lines)
    assert capsys.readouterr().err.startswith("30 lines: ")
    for line, row in zip(lines, made, strict=True):
        own = json.loads(line)
        assert {key: row[key] for key in own} == own
        step = split_steps(row["wrong_solution"])[row["first_error"]]
        assert own["solution"].startswith(row["wrong_solution"][: step.start])
        assert row["before"] != row["after"]
        assert [c["check"] for c in row["proof"]][-1] == "one_cause"


def test_the_seed_decides_and_nothing_else(tmp_path: Path) -> None:
    lines = problems(10)
    first, again, other = run(tmp_path, lines), run(tmp_path, lines), run(tmp_path, lines, "--seed", "1")
    assert first == again != other
    assert run(tmp_path, lines[5:]) == first[5:]  # a row's mistake does not depend on its neighbours


def test_one_kind_where_it_is_asked_for(tmp_path: Path) -> None:
    assert {row["error_kind"] for row in run(tmp_path, problems(12), "--kind", "calculation")} == {
        "calculation"
    }


def test_latex_gets_a_false_move_and_may_end_with_it(tmp_path: Path) -> None:
    carried = {"question": "Factor.", "solution": "$3(x+2) = \\boxed{3x+6}$", "answer": "3x+6"}
    cut = {
        "question": "How many roots?",
        "solution": "$x^2 = 9 \\Rightarrow x = \\pm 3$. So $\\boxed{2}$.",
        "answer": "2",
    }
    lines = [json.dumps(row) for row in (carried, cut)]
    first, second = run(tmp_path, lines, "--injector", "algebra")
    assert first["injector"] == "algebra"
    assert first["wrong_answer"] and "cut_after_step" not in [c["check"] for c in first["proof"]]
    assert second["wrong_answer"] == ""
    assert second["wrong_solution"] == "$x^2 = 9 \\Rightarrow x = 3$."
    assert "cut_after_step" in [c["check"] for c in second["proof"]]
    assert run(tmp_path, lines) == [first, second]
    assert all(row["injector"] is None for row in run(tmp_path, lines, "--injector", "numbers"))


def test_an_injector_of_programs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in.jsonl", problems(1))
    code = main(["inject", "--in", str(source), "--out", str(tmp_path / "o"), "--injector", "sql"])
    assert code == 2
    assert "sql works on sql; here: numbers, algebra" in capsys.readouterr().err


def test_bad_lines_and_hopeless_rows_stop_nothing(tmp_path: Path) -> None:
    row = {"question": "How many?", "solution": "Nobody knows.", "answer": "4"}
    lines = [
        "{bad",
        "[]",
        '{"question": "q"}',
        json.dumps({**row, "solution": 5}),
        json.dumps({**row, "question": " "}),
        json.dumps(row),
        json.dumps({**row, "solution": "1 + 1 = 2", "answer": "5"}),
        json.dumps({**row, "solution": "She has 12 + 15 = 27 left.", "answer": 27}),
    ]
    made = run(tmp_path, lines)
    assert [m.get("line") for m in made] == [1, 2, 3, 4, 5, None, None, None]
    assert [m["error"].split(":")[0] for m in made[:5]] == [
        "bad_json",
        "not_an_object",
        "'solution' must be a text, got NoneType",
        "'solution' must be a text, got int",
        "a problem has an empty statement",
    ]
    assert [m["wrong_solution"] for m in made[5:7]] == [None, None]
    assert all(m["reason"] for m in made[5:7])
    assert made[7]["error_kind"]


def test_an_unknown_kind_is_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in.jsonl", problems(1))
    code = main(["inject", "--in", str(source), "--out", str(tmp_path / "o"), "--kind", "calculatoin"])
    assert code == 2
    assert "no injector makes 'calculatoin'; did you mean 'calculation'?" in capsys.readouterr().err


def test_a_missing_file_is_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inject", "--in", str(tmp_path / "no.jsonl"), "--out", str(tmp_path / "o")]) == 2
    assert "there is no file" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_errors_says_which_injector_makes_a_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors"]) == 0
    listed = capsys.readouterr().out
    assert "calculation  (math: LEMMA, EIC)" in listed
    entry = listed[listed.index("calculation  (math") : listed.index("counting  (math")]
    assert "injected by: algebra, numbers" in entry
    concept = listed[listed.index("concept  (math") : listed.index("irrelevant_information  (math")]
    assert "injected by" not in concept


def test_kinds_are_drawn_as_a_dataset_s_policy_made_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = tmp_path / "set"
    dataset.mkdir()
    kinds = {"": {"operator": 9, "unknown": 4}, "hard": {"operator": 1, "calculation": 0}}
    (dataset / "manifest.json").write_text(json.dumps({"error_kinds": {"s": kinds}}), encoding="utf-8")
    made = run(tmp_path, problems(8), "--like", str(dataset))
    assert {row["error_kind"] for row in made} == {"operator"}
    (dataset / "manifest.json").write_text(json.dumps({"error_kinds": {"s": {"": {"unknown": 2}}}}))
    source = write(tmp_path / "in.jsonl", problems(1))
    assert main(["inject", "--in", str(source), "--out", str(tmp_path / "o"), "--like", str(dataset)]) == 2
    assert "counts no mistake of a kind that can be injected" in capsys.readouterr().err
