"""Problems from files: every reason a row is dropped for, column errors, and the real GSM8K files."""

from pathlib import Path

import pytest

from generators.sources.jsonl import Jsonl
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from schemas.problem import Problem
from tests.shared import shared
from tests.writing import ROW, write_lines

DROPPED = [
    ({"id": "x", "answer": "5"}, {}, "missing_column"),
    (ROW | {"question": "  "}, {}, "empty_statement"),
    (ROW | {"question": None}, {}, "empty_statement"),
    (ROW | {"question": ["text"]}, {}, "wrong_type"),
    (ROW | {"question": 7}, {}, "wrong_type"),
    (ROW | {"answer": ""}, {}, "empty_answer"),
    (ROW | {"answer": None}, {}, "empty_answer"),
    (ROW | {"answer": True}, {}, "wrong_type"),
    (ROW | {"answer": float("nan")}, {}, "wrong_type"),
    (ROW | {"answer": [5]}, {}, "wrong_type"),
    (ROW | {"solution": 5}, {}, "wrong_type"),
    (ROW | {"id": {}}, {}, "wrong_type"),
    (ROW | {"answer": "5", "id": "q2"}, {"answer_after": "####"}, "no_answer_mark"),
    (ROW | {"answer": "5 ####  ", "id": "q2"}, {"answer_after": "####"}, "empty_answer"),
    (ROW, {}, "duplicate_id"),
    (b"{", {}, "bad_json"),
    (b"5", {}, "not_an_object"),
]


@pytest.mark.parametrize(("row", "options", "reason"), DROPPED)
def test_a_row_that_is_no_problem_is_dropped_with_its_reason(
    tmp_path: Path, row: object, options: dict[str, str], reason: str
) -> None:
    good = ROW | {"answer": "2 + 3 = 5 #### 5"} if options else ROW
    path = write_lines(tmp_path / "a.jsonl", [good, row])
    problem, dropped = Jsonl(paths=[str(path)], **options).problems()
    assert isinstance(problem, Problem) and problem.answer == "5"
    assert isinstance(dropped, Dropped)
    assert (dropped.stage, dropped.reason, dropped.where) == ("source", reason, "a.jsonl:2")
    assert dropped.content


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (18, "18"),
        (18.0, "18"),
        (0.5, "0.5"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (100.0, "100"),
        ("1,000", "1,000"),
        (1e22, "10000000000000000000000"),
        (10**30 + 1, "1000000000000000000000000000001"),
    ],
)
def test_numbers_are_written_as_a_person_writes_them(tmp_path: Path, answer: object, text: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", [ROW | {"answer": answer}])
    assert [p.answer for p in Jsonl(paths=[str(path)]).problems() if isinstance(p, Problem)] == [text]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"statement": "qestion"}, "no column 'qestion'; did you mean 'question'.*Set `statement`"),
        ({"answer": "label"}, "no column 'label'.*id, question, answer, solution"),
        ({"id": "uid"}, "Set `id`"),
        ({"family": "subject"}, "Set `family`"),
    ],
)
def test_a_missing_column_stops_before_any_work(
    tmp_path: Path, options: dict[str, str], message: str
) -> None:
    write_lines(tmp_path / "a.jsonl", [b"bad", ROW])
    with pytest.raises(InputError, match=message):
        next(iter(Jsonl(paths=[str(tmp_path / "a.jsonl")], **options).problems()))


def test_the_second_file_is_checked_before_the_first_is_read(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [ROW])
    write_lines(tmp_path / "b.jsonl", [{"prompt": "?"}])
    with pytest.raises(InputError, match=r"b\.jsonl has no column"):
        next(iter(Jsonl(paths=[str(tmp_path / "*.jsonl")]).problems()))


def test_columns_constants_and_nested_fields_reach_the_problem(tmp_path: Path) -> None:
    row = {"p": {"text": "2 + 3?"}, "gold": {"value": 5}, "n": 7, "level": 3, "kind": "sum"}
    path = write_lines(tmp_path / "set.jsonl.gz", [row])
    options = {"statement": "p.text", "answer": "gold.value", "id": "n", "difficulty": "level"}
    source = Jsonl(
        paths=[str(path)],
        family="kind",
        into_split="=test",
        licence="MIT",
        **options,
    )
    (problem,) = source.problems()
    assert problem == Problem(
        statement="2 + 3?",
        answer="5",
        id="7",
        source="set",
        licence="MIT",
        family="sum",
        difficulty="3",
        split="test",
    )


def test_gsm8k_original_rows_give_answer_and_solution(tmp_path: Path) -> None:
    row = {"question": "A robe takes 2 bolts.", "answer": "It takes 2/2=<<2/2=1>>1 bolt\n2+1=3\n#### 3"}
    path = write_lines(tmp_path / "a.jsonl", [row])
    (problem,) = Jsonl(paths=[str(path)], answer_after="####").problems()
    assert isinstance(problem, Problem)
    assert (problem.answer, problem.solution) == ("3", "It takes 2/2=<<2/2=1>>1 bolt\n2+1=3")
    assert problem.id.startswith("p-")


def test_the_real_files_give_every_problem_once() -> None:
    source = Jsonl(paths=[str(shared("data") / f"gsm8k_{s}.jsonl") for s in ("train", "test")], licence="MIT")
    problems = list(source.problems())
    assert len(problems) == 7473 + 1319
    assert all(isinstance(p, Problem) and p.licence == "MIT" for p in problems)
    assert {p.source for p in problems if isinstance(p, Problem)} == {"gsm8k_train", "gsm8k_test"}
    math = Jsonl(paths=[str(shared("data") / "math500.jsonl")], family="subject", difficulty="level")
    assert sum(isinstance(p, Problem) and p.difficulty in tuple("12345") for p in math.problems()) == 500
