"""Records made again of a dataset's rows: examples, and the cases they were made of.

Only what the tables hold is used, so a dataset that was published and fetched again is read as well. RecordError
where a row breaks the format's rules.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from pipelines.gates.base import Examined
from schemas.attempt import Attempt, Step
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample, StepwiseExample
from schemas.exceptions import RecordError
from schemas.problem import Problem
from schemas.segment import Message, Span
from schemas.verdict import Outcome, Verdict

_CLASSES: Mapping[str, type[Example]] = {
    "sft": SFTExample,
    "preference": PreferenceExample,
    "stepwise": StepwiseExample,
}
_MESSAGES = ("messages", "chosen", "rejected")
_SPANS = ("spans", "chosen_spans", "rejected_spans")
_NEEDED = (
    *("id", "problem_id", "recipe", "origin", "policy", "parents", "prompt", "answer", "model", "index"),
    *("text", "steps", "first_error", "verdict", "reason", "evidence", "finish", "located_by"),
)


def example_of(table: str, row: Mapping[str, Any]) -> Example:
    """The example a row was written from."""
    made: dict[str, Any] = {f.name: _value(table, f.name, row[f.name]) for f in fields(_CLASSES[table])}
    return _CLASSES[table](**made)


def _value(table: str, name: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    if name in _SPANS:
        return tuple(Span(**span) for span in value)
    if name in _MESSAGES or (name == "prompt" and table == "preference"):
        return tuple(Message(**message) for message in value)
    return tuple(value)


def attempt_of(row: Mapping[str, Any]) -> Attempt:
    """The attempt a row of the attempts table was written from."""
    return Attempt(
        problem_id=row["problem_id"],
        text=row["text"],
        steps=tuple(Step(**step) for step in row["steps"]),
        model=row["model"],
        policy=row["policy"],
        index=row["index"],
        verdict=Verdict(Outcome(row["verdict"]), row["reason"], "", row["evidence"]),
        finish=row["finish"],
        origin=row["origin"],
    )


class Known:
    """The cases of some problems, and their attempts by the ids that rows name as parents."""

    def __init__(self, dataset: Examined, problem_ids: Collection[str]) -> None:
        self.rows: dict[str, Mapping[str, Any]] = {}
        """Attempt rows by id."""
        self._problems: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in _attempts(dataset, problem_ids):
            self.rows[row["id"]] = row
            self._problems[row["problem_id"]].append(row)

    def case(self, problem_id: str) -> Case:
        """The problem with its attempts and those that recipes added; RecordError where there is none."""
        rows = self._problems.get(problem_id)
        if not rows:
            raise RecordError(f"no attempt of the problem {problem_id} is in the dataset")
        own = next((row for row in rows if not row["recipe"]), rows[0])
        statement = own["prompt"][-1]["content"] if own["prompt"] else ""
        problem = Problem(statement=statement or problem_id, answer=own["answer"], id=problem_id)
        # Ids are kept as written: those of a recipe's own attempts hold what was asked, which no table has.
        return Case(problem, tuple(_with_id(row) for row in rows))


def _with_id(row: Mapping[str, Any]) -> Attempt:
    attempt = attempt_of(row)
    attempt.__dict__["id"] = row["id"]  # where cached_property keeps it
    return attempt


def _attempts(dataset: Examined, problem_ids: Collection[str]) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    if not problem_ids:
        return []
    wanted = [("problem_id", "in", sorted(problem_ids))]
    return [
        row
        for path in dataset.files("attempts")
        for row in pq.read_table(path, columns=list(_NEEDED), filters=wanted).to_pylist()
    ]
