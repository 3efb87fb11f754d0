"""Records keep their own rules."""

import pickle

import pytest

from schemas.attempt import Attempt, Step
from schemas.case import Case
from schemas.errors import KINDS
from schemas.exceptions import RecordError
from schemas.ids import content_id, seed_of
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict


def attempt(text: str, outcome: Outcome, index: int = 0, finish: str = "stop") -> Attempt:
    return Attempt(
        problem_id="p",
        text=text,
        steps=(Step(0, len(text)),),
        model="m",
        policy="m-1",
        index=index,
        verdict=Verdict(outcome, "equal" if outcome is Outcome.RIGHT else "mismatch"),
        finish=finish,
    )


@pytest.mark.parametrize("value", [Verdict(Outcome.UNKNOWN, "timeout"), Outcome.WRONG])
def test_verdicts_have_no_truth_value(value: object) -> None:
    # A StrEnum is always truthy: without this `if outcome:` would take unknown for right.
    with pytest.raises(TypeError):
        bool(value)


def test_a_problem_without_an_id_is_named_by_its_content() -> None:
    one, same, other = Problem(statement="1+1?", answer="2"), Problem(statement="1+1?", answer="2"), Problem(
        statement="1+1?", answer="3"
    )  # fmt: skip
    assert one.id == same.id != other.id
    assert one.fingerprint == other.fingerprint  # one statement, one split


def test_text_is_normalised_before_anything_counts_it() -> None:
    assert Problem(statement="cafe\u0301", answer="1").statement == "café"


@pytest.mark.parametrize(("statement", "answer"), [("", "1"), (" \n", "1"), ("1+1?", ""), ("1+1?", "  ")])
def test_empty_statements_and_answers_are_refused(statement: str, answer: str) -> None:
    with pytest.raises(RecordError):
        Problem(statement=statement, answer=answer)


@pytest.mark.parametrize(
    "steps", [(Step(0, 2),), (Step(1, 3),), (Step(0, 2), Step(1, 3)), (Step(0, 0), Step(0, 3))]
)
def test_steps_must_tile(steps: tuple[Step, ...]) -> None:
    with pytest.raises(RecordError):
        Attempt(problem_id="p", text="abc", steps=steps, model="m", policy="m", index=0)


def test_unknown_counts_neither_as_right_nor_as_wrong() -> None:
    attempts = (attempt("a", Outcome.RIGHT), attempt("b", Outcome.WRONG, 1), attempt("c", Outcome.UNKNOWN, 2))
    case = Case(Problem(statement="s", answer="1"), attempts)
    assert (case.rights, case.wrongs, case.pass_rate) == (attempts[:1], attempts[1:2], 0.5)
    assert Case(case.problem, attempts[2:]).pass_rate is None


def test_a_truncated_answer_is_not_a_mistake() -> None:
    case = Case(Problem(statement="s", answer="1"), (attempt("a", Outcome.WRONG, finish="length"),))
    assert case.wrongs == ()


def test_ids_and_seeds_depend_on_content_alone() -> None:
    assert content_id("r", {"b": 1, "a": [1, "é"]}) == content_id("r", {"a": [1, "é"], "b": 1})
    assert seed_of(1, "a") == seed_of(1, "a") != seed_of(1, "b")
    assert attempt("a", Outcome.RIGHT).id != attempt("a", Outcome.RIGHT, index=1).id


def test_records_survive_pickling() -> None:
    case = Case(Problem(statement="s", answer="1"), (attempt("a", Outcome.RIGHT),))
    assert pickle.loads(pickle.dumps(case)) == case


def test_every_error_kind_is_defined_and_shown() -> None:
    for slug, kind in KINDS.items():
        assert kind.slug == slug and kind.definition.endswith(".") and kind.source
        assert slug in {"unknown", "none"} or kind.example[0] != kind.example[1]


@pytest.mark.parametrize("split", ["v1.0", "math/train", "../x", "hold-out"])
def test_a_split_that_cannot_name_a_file_is_refused(split: str) -> None:
    with pytest.raises(RecordError, match="cannot name a file"):
        Problem(statement="1 + 1?", answer="2", split=split)
