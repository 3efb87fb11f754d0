"""What every source promises, run on every file of generators/sources unasked."""

import pickle
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from generators.sources.base import SOURCES, Source
from schemas.dropped import Dropped
from schemas.problem import Problem
from tests.writing import write_lines

ROWS = [{"id": f"q{n}", "question": f"What is {n} + 1?", "answer": str(n + 1)} for n in range(12)]


def _file(folder: Path) -> str:
    return str(
        write_lines(folder / "problems.jsonl", [*ROWS[:3], {"question": "", "answer": "1"}, *ROWS[3:]])
    )


OPTIONS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "jsonl": lambda folder: {"paths": [_file(folder)], "licence": "MIT"},
    "hub": lambda folder: {"dataset": _file(folder), "licence": "MIT"},
    "procedural": lambda folder: {"count": 12},
}
"""Options with which each source gives at least three problems offline; one entry a member."""


@pytest.fixture(params=SOURCES.names())
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    import datasets.config

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    name = request.param
    assert name in OPTIONS, f"source {name!r} has no entry in OPTIONS of {Path(__file__).name}: add one"
    return SOURCES.find(name)(**OPTIONS[name](tmp_path))


def test_the_same_options_give_the_same_problems_in_the_same_order(source: Source) -> None:
    first = list(source.problems())
    assert first == list(source.problems())
    assert sum(isinstance(p, Problem) for p in first) >= 3


def test_a_caller_may_stop_early(source: Source) -> None:
    head = list(islice(source.problems(), 3))
    assert head == list(source.problems())[:3]


def test_options_survive_pickling_and_their_own_json(source: Source) -> None:
    copy = pickle.loads(pickle.dumps(source))
    assert copy == source and list(copy.problems()) == list(source.problems())
    assert type(source).model_validate_json(source.model_dump_json()) == source


def test_problems_have_unique_ids_and_say_where_they_come_from(source: Source) -> None:
    problems = [p for p in source.problems() if isinstance(p, Problem)]
    assert len({p.id for p in problems}) == len(problems)
    assert all(p.licence and p.source for p in problems)


def test_a_name_and_a_licence_of_the_config_reach_every_problem(source: Source) -> None:
    named = source.model_copy(update={"name": "mine", "licence": "CC0-1.0"})
    assert {(p.source, p.licence) for p in named.problems() if isinstance(p, Problem)} == {
        ("mine", "CC0-1.0")
    }


def test_dropped_rows_say_which_stage_why_and_where(source: Source) -> None:
    dropped = [p for p in source.problems() if isinstance(p, Dropped)]
    assert all(d.stage == "source" and d.reason.isidentifier() and d.where for d in dropped)


def test_the_files_it_names_are_there(source: Source) -> None:
    assert all(Path(file).is_file() for file in source.files())


def test_every_option_is_documented(source: Source) -> None:
    fields = type(source).model_json_schema()["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []
