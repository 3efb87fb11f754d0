"""Attempts from files: shapes of rows, every reason, and the real GSM8K rollouts."""

from pathlib import Path

import pytest

from generators.attempts_file import AttemptsFile, ImportedAttempt
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from schemas.problem import Problem
from tests.shared import shared
from tests.writing import write_lines

ROW = {"problem_id": "q1", "model": "m", "response": "2 + 3 = 6"}
DROPPED = [
    (b"{", "bad_json"),
    (b"[]", "not_an_object"),
    (b'"\xff"', "bad_encoding"),
    ({"problem_id": "q1", "model": "m"}, "missing_column"),
    (ROW | {"response": ""}, "empty_text"),
    (ROW | {"response": " \n"}, "empty_text"),
    (ROW | {"response": None}, "empty_text"),
    (ROW | {"response": []}, "empty_text"),
    (ROW | {"response": {"role": "assistant"}}, "wrong_type"),
    (ROW | {"response": [5]}, "wrong_type"),
    (ROW | {"problem_id": " "}, "empty_key"),
    (ROW | {"problem_id": None}, "empty_key"),
    (ROW | {"model": None}, "empty_model"),
]


@pytest.mark.parametrize(("row", "reason"), DROPPED)
def test_a_row_that_is_no_attempt_is_dropped_with_its_reason(
    tmp_path: Path, row: object, reason: str
) -> None:
    path = write_lines(tmp_path / "a.jsonl", [ROW, row, ROW])
    first, dropped, last = AttemptsFile(paths=[str(path)]).attempts()
    assert isinstance(dropped, Dropped)
    assert (dropped.stage, dropped.reason, dropped.where) == ("attempts", reason, "a.jsonl:2")
    assert first == ImportedAttempt(key="q1", text="2 + 3 = 6", model="m", index=0, where="a.jsonl:1")
    assert isinstance(last, ImportedAttempt) and last.index == 1


def test_a_list_of_texts_gives_one_attempt_each_and_a_bad_one_costs_only_itself(tmp_path: Path) -> None:
    # lm-evaluation-harness nests its answers twice.
    rows = [{"doc_id": 7, "resps": [["one", ""], ["two"]]}, {"doc_id": 7, "resps": ["three"]}]
    path = write_lines(tmp_path / "log.jsonl.zst", rows)
    options = AttemptsFile(paths=[str(path)], problem_id="doc_id", text="resps", model_name="m")
    read = [
        (a.index, a.text, a.where) if isinstance(a, ImportedAttempt) else a.reason for a in options.attempts()
    ]
    where = "log.jsonl.zst"
    assert read == [
        (0, "one", f"{where}:1[0]"),
        "empty_text",
        (1, "two", f"{where}:1[2]"),
        (2, "three", f"{where}:2[0]"),
    ]


def test_matching_by_statement_gives_the_problems_fingerprint(tmp_path: Path) -> None:
    statement = "Cafe\u0301 bill: 2 + 3?"  # not NFC
    path = write_lines(tmp_path / "a.jsonl.gz", [{"question": statement, "response": "5", "model": "m"}])
    (attempt,) = AttemptsFile(paths=[str(path)], match="statement").attempts()
    assert isinstance(attempt, ImportedAttempt)
    assert attempt.key == Problem(statement=statement, answer="5").fingerprint


def test_an_index_column_is_taken_and_must_be_a_number(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [ROW | {"n": 4}, ROW | {"n": "x"}, ROW | {"n": True}])
    first, *bad = AttemptsFile(paths=[str(path)], index="n").attempts()
    assert isinstance(first, ImportedAttempt) and first.index == 4
    assert [b.reason for b in bad if isinstance(b, Dropped)] == ["wrong_type"] * 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "respnse"}, "no column 'respnse'; did you mean 'response'.*Set `text`"),
        ({"problem_id": "id"}, "Set `problem_id`"),
        ({"match": "statement"}, "Set `statement`"),
        ({"model": "policy"}, "Set `model`"),
    ],
)
def test_a_missing_column_stops_before_any_work(
    tmp_path: Path, options: dict[str, str], message: str
) -> None:
    path = write_lines(tmp_path / "a.jsonl", [ROW])
    attempts = AttemptsFile.model_validate({"paths": [str(path)]} | options).attempts()
    with pytest.raises(InputError, match=message):
        next(attempts)


def test_the_real_rollouts_are_read_in_order_and_counted() -> None:
    read = list(AttemptsFile(paths=[str(shared("data") / "gsm8k_rollouts.jsonl")]).attempts())
    attempts = [a for a in read if isinstance(a, ImportedAttempt)]
    assert len(attempts) + sum(isinstance(a, Dropped) for a in read) == 5276
    assert len(attempts) > 5270
    assert len({(a.key, a.model, a.index) for a in attempts}) == len(attempts)
    assert attempts[0].key == "gsm8k/test/0" and attempts[0].text.startswith("Janet eats 3")
