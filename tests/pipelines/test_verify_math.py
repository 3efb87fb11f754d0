"""`corrigenda verify math`: every line comes back, bad ones with what is wrong."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from filters.verify.math.options import JudgeOptions
from pipelines.verify.math import row_rules, verify_math
from pipelines.verify.options import changed
from schemas.exceptions import ConfigError, InputError
from tests.commands import corrigenda
from tests.shared import shared


def judged(folder: Path, *lines: str | bytes, options: tuple[object, ...] = ()) -> tuple[list[Any], str]:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    done = corrigenda("verify", "math", "--in", source, "--out", target, *options)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in folder.iterdir()) == ["in.jsonl", "out.jsonl"]
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()], done.stderr


def test_bad_lines_are_named_and_kept_and_stop_nothing(tmp_path: Path) -> None:
    rows, told = judged(
        tmp_path,
        '{"reference": "1/3", "answer": "so \\\\boxed{\\\\frac13}", "id": 7}',
        "garbage",
        "",
        "[1]",
        '{"answer": "3"}',
        '{"reference": "1", "answer": "1", "params": {"precison": 2}}',
        '{"reference": "1", "answer": "1", "params": {"precision": "many"}}',
        b'\xff{"reference": "1", "answer": "1"}',
        '{"reference": 5, "answer": "6"}',
        '{"reference": "5", "answer": "\\ud800"}',
        "[" * 100_000,
        '{"reference": "2", "answer": "2"',
    )
    assert [r["verdict"] for r in rows] == ["right", *["unknown"] * 6, "wrong", *["unknown"] * 3]
    assert [r["line"] for r in rows if r["reason"] == "bad_line"] == [2, 4, 5, 6, 7, 8, 10, 11, 12]
    assert rows[0]["id"] == 7 and rows[0]["method"] == "exact" and rows[0]["seconds"] >= 0
    assert rows[1]["raw"] == "garbage" and rows[4]["reference"] == "1"
    assert "line 6: no parameter is called 'precison'; did you mean 'precision'?" in told
    assert "11 lines: 1 right, 1 wrong, 0 unknown, 9 bad" in told


def test_params_of_a_line_are_rules_of_that_line(tmp_path: Path) -> None:
    as_relation = (
        '{"reference": "$x \\\\in [-2,7]$", "answer": "$-2 \\\\le x \\\\le 7$", '
        '"params": {"allow_set_relation_comp": %s}}'
    )
    rows, _ = judged(
        tmp_path,
        '{"reference": "1/3", "answer": "0.33", "params": {"precision": 2}}',
        '{"reference": "1/3", "answer": "0.33"}',
        as_relation % "false",
        as_relation % "true",
        '{"reference": "0.18", "answer": "18%", "params": {"percent": "fraction", "language": "Language.FRENCH"}}',
    )
    assert [(r["verdict"], r["reason"]) for r in rows[:2]] == [("right", "rounded"), ("unknown", "close")]
    assert [r["verdict"] for r in rows[2:]] == ["wrong", "right", "right"]


def test_the_public_cases_are_judged_whole(tmp_path: Path) -> None:
    cases = shared("cases/math_equivalence.jsonl").read_text(encoding="utf-8").splitlines()
    rows, told = judged(tmp_path, *cases, options=("--workers", 2))
    assert ", 0 bad" in told
    assert [r["reference"] for r in rows] == [json.loads(case)["reference"] for case in cases]
    agreed = sum(r["verdict"] == ("right" if r["equal"] else "wrong") for r in rows)
    assert agreed >= 253  # what math-verify 0.9.0 gets right


def test_a_missing_file_and_a_bad_option_are_said_before_any_work(tmp_path: Path) -> None:
    missing = corrigenda("verify", "math", "--in", tmp_path / "no", "--out", tmp_path / "out")
    assert missing.returncode == 2 and "there is no file" in missing.stderr
    with pytest.raises(ConfigError, match="decimal_places"):
        changed(JudgeOptions(), ["places=2"])
    with pytest.raises(ConfigError, match="workers"):
        changed(JudgeOptions(), [], {"workers": 0})


def test_presets_and_changes_make_options() -> None:
    assert changed(JudgeOptions(), []) == JudgeOptions()
    assert changed(JudgeOptions.published(), ["decimal_places=3"]).decimal_places == 3
    assert row_rules({"match_type": ["latex", "expr"]}, JudgeOptions()) == (None, False)


def test_a_device_is_not_replaced_by_what_is_written(tmp_path: Path) -> None:
    source, pipe = tmp_path / "in.jsonl", tmp_path / "pipe"
    source.write_text('{"reference": "1", "answer": "1"}\n')
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="no regular file"):
        verify_math(source, pipe, JudgeOptions())
    assert pipe.is_fifo()
