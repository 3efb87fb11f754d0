"""`corrigenda diagnose` and the table of kinds."""

import json
from pathlib import Path

from pipelines.error_kinds import kinds_table, without_kinds
from tests.commands import corrigenda
from tests.world import Jars

KEYS = {
    "verdict",
    "first_error",
    "step_text",
    "error_kind",
    "how",
    "confidence",
    "proven",
    "agreement",
    "others",
}


def row(number: int, response: str, **more: object) -> dict[str, object]:
    jars = Jars(number)
    return {"question": jars.problem.statement, "answer": jars.problem.answer, "response": response, **more}


def test_rows_are_diagnosed_and_bad_lines_are_kept(tmp_path: Path) -> None:
    jars = Jars(0)
    given = [
        row(0, jars.wrong("slip_second"), note="kept"),
        row(0, jars.right()),
        row(0, jars.wrong("wrong_operator")),
        row(0, "Step 1: 3 *", finish="length"),
    ]
    lines = [json.dumps(r) for r in given]
    lines[1:1] = ["{bad", json.dumps({"question": "?", "answer": "", "response": "x"})]
    source, out = tmp_path / "attempts.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = corrigenda("diagnose", "--in", source, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "6 lines: 1 right, 2 wrong, 1 unknown, 2 bad" in done.stderr
    assert "of 2 wrong answers the first wrong step was found in 2, its kind in 2" in done.stderr
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert all(set(r) >= KEYS for r in rows)
    bad, rows = rows[1:3], [rows[0], *rows[3:]]
    assert rows[0]["note"] == "kept"
    # The right response of the same question is the known solution: no reference was given.
    assert [(r["verdict"], r["first_error"], r["error_kind"]) for r in rows[:3]] == [
        ("wrong", 1, "calculation"),
        ("right", None, "none"),
        ("wrong", 0, "operator"),
    ]
    assert rows[0]["step_text"].startswith("Step 2:") and rows[0]["proven"]
    assert (rows[3]["verdict"], rows[3]["first_error"]) == ("unknown", None)
    assert [(r["line"], r["error"].split(":")[0]) for r in bad] == [(2, "bad_json"), (3, "'answer' is empty")]


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps(row(1, Jars(1).wrong("misstated"))) + "\n", encoding="utf-8")
    outs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for out in outs:
        assert corrigenda("diagnose", "--in", source, "--out", out).returncode == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_file_of_other_columns_says_what_is_missing_and_is_no_success(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"question": "?", "response": "x"}\n', encoding="utf-8")
    done = corrigenda("diagnose", "--in", source, "--out", tmp_path / "o.jsonl")
    assert done.returncode == 3 and "'answer' must be a text" in done.stderr


def test_kinds_are_tabled_by_source_and_difficulty() -> None:
    counts = {
        "attempts": 5,
        'error_kind.["gsm8k","","unknown"]': 3,
        'error_kind.["a|b","hard.2","operator"]': 1,
        'error_kind.["a|b","hard.2","calculation"]': 2,
    }
    rest, kinds = without_kinds(counts)
    assert rest == {"attempts": 5}
    assert kinds == {"a|b": {"hard.2": {"calculation": 2, "operator": 1}}, "gsm8k": {"": {"unknown": 3}}}
    lines = kinds_table(kinds)
    assert lines[-3:] == [
        "| a/b | hard.2 | `calculation` | 2 |",
        "| a/b | hard.2 | `operator` | 1 |",
        "| gsm8k | - | `unknown` | 3 |",
    ]
    assert kinds_table({}) == []
