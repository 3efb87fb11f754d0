"""A file of programs in, the same rows with verdicts out."""

import json
from pathlib import Path

import pytest

from filters.verify.code.options import ProgramOptions
from pipelines.verify.code import verify_code
from schemas.exceptions import InputError

GOOD = {"program": "def add(a, b):\n    return a + b", "tests": ["assert add(1, 2) == 3"], "mine": "kept"}
LINES = [
    json.dumps(GOOD),
    json.dumps(GOOD | {"program": "def add(a, b):\n    return a - b"}),
    "{broken",
    json.dumps({"program": "x = 1"}),
    "",
    json.dumps({"tests": ["assert f() == 1"]}),
    json.dumps({"program": "print(int(input()) * 2)", "tests": [{"stdin": "4\n", "stdout": "8\n"}]}),
    json.dumps(GOOD | {"tests": ["assert add(1, 2) =="]}),
    json.dumps(
        GOOD | {"program": "def area(r):\n    return math.pi * r", "tests": "assert area(1) == math.pi"}
    ),
    json.dumps(
        {"program": "def area(r):\n    return math.pi * r", "tests": ["assert area(1) == math.pi"]}
        | {"test_imports": ["import math"]}
    ),
    json.dumps(GOOD | {"hidden_tests": ["assert add(2, 2) == 5"]}),
]


def judged(folder: Path, lines: list[str], **options: bool) -> list[dict[str, object]]:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert verify_code(source, target, "rlimits", ProgramOptions(), **options) == 0
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_rows_come_back_in_order_with_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = judged(tmp_path, LINES)
    assert [(row["verdict"], row["reason"]) for row in found] == [
        ("right", "passed"),
        ("wrong", "failed_test"),
        ("unknown", "bad_line"),
        ("unknown", "bad_line"),
        ("unknown", "bad_line"),
        ("right", "passed"),
        ("unknown", "bad_line"),
        ("wrong", "exception"),
        ("right", "passed"),
        ("wrong", "failed_test"),
    ]
    first = {k: v for k, v in found[0].items() if k != "seconds"}
    assert first == GOOD | {
        "verdict": "right", "reason": "passed", "passed": [True], "feedback": [], "isolation": found[0]["isolation"],
        "strength": "strong", "flags": [],
    }  # fmt: skip
    assert found[1]["feedback"] == [
        {"kind": "wrong_value", "test": 0, "call": "add(1, 2)", "got": "-1", "expected": "3"}
    ]
    assert [row["line"] for row in found if row["reason"] == "bad_line"] == [3, 4, 6, 8]
    assert {frozenset(row) for row in found if row["reason"] != "bad_line"} <= {
        frozenset({*found[0], *extra}) - {"mine"} | set(extra)
        for extra in ([], ["mine"], ["test_imports"], ["mine", "hidden_tests"])
    }
    said = capsys.readouterr().err
    assert "line 3: bad_json" in said
    assert "10 lines: 3 right, 3 wrong, 0 unknown, 4 bad" in said


def test_programs_are_found_in_replies(tmp_path: Path) -> None:
    reply = f"Sure!\n```python\n{GOOD['program']}\n```"
    found = judged(
        tmp_path,
        [json.dumps(GOOD | {"program": reply}), json.dumps(GOOD | {"program": "No."})],
        from_reply=True,
    )
    assert [row["reason"] for row in found] == ["passed", "bad_line"]
    assert found[0]["program"] == reply


def test_the_share_of_killed_mutants_is_recorded_per_problem(tmp_path: Path) -> None:
    reference = "def grade(n):\n    return 'pass' if n >= 50 else 'fail'"
    good = {
        "program": reference,
        "reference": reference,
        "tests": ["assert grade(50) == 'pass' and grade(49) == 'fail'"],
    }
    poor = good | {"tests": ["assert grade(99) == 'pass'"]}
    found = judged(tmp_path, [json.dumps(good), json.dumps(poor)])
    assert found[0]["mutant_score"] == 1.0
    assert (found[0]["verdict"], found[1]["reason"], found[1]["strength"]) == ("right", "weak_tests", "weak")


def test_a_missing_file_and_its_own_output_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        verify_code(tmp_path / "nothing.jsonl", tmp_path / "out.jsonl", "rlimits")
    (tmp_path / "a.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match="is the file that is read"):
        verify_code(tmp_path / "a.jsonl", tmp_path / "a.jsonl", "rlimits")
