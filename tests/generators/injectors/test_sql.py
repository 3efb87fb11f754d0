"""Mistakes in SQL queries: what each operator makes, what all hold to, and what a database proves."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.injectors.base import Subject
from generators.injectors.prove_sql import prove
from generators.injectors.sql import Sql
from schemas.errors_sql import SQL_KINDS
from schemas.injection import Injection
from schemas.problem import Problem

CASES = json.loads((Path(__file__).parents[2] / "cases" / "sql_mutants.json").read_text(encoding="utf-8"))
PROBLEM = Problem(statement="Write a query.", answer="query")
QUERIES = [case["before"] for case in CASES]
WORDS = st.lists(st.sampled_from(sorted({word for query in QUERIES for word in query.split()})), max_size=15)
DATABASE = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'x'), (3, 'y');"


def proposals(query: str, kind: str) -> list[Injection]:
    return list(Sql().propose(Subject(problem=PROBLEM, solution=query), kind, random.Random(0)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['kind']}-{c['before'][:30]!r}")
def test_each_operator_makes_the_mistake_of_its_kind(case: dict[str, Any]) -> None:
    assert case["after"] in [injection.text for injection in proposals(case["before"], case["kind"])]


def test_every_kind_has_an_operator_and_a_case() -> None:
    assert set(Sql.kinds) == {kind.slug for kind in SQL_KINDS} == {case["kind"] for case in CASES}


@pytest.mark.parametrize("query", QUERIES)
def test_a_proposal_parses_and_differs_as_a_tree(query: str) -> None:
    right = sqlglot.parse_one(query, read="sqlite")
    for kind in Sql.kinds:
        for injection in proposals(query, kind):
            assert sqlglot.parse_one(injection.text, read="sqlite") != right
            assert injection.text.count("--") == query.count("--")


def test_a_result_that_differs_proves_and_one_that_does_not_refuses() -> None:
    query = "SELECT a FROM t WHERE a >= 2"
    proven = {i.text: i.proven for i in prove(query, proposals(query, "wrong_filter"), DATABASE)}
    assert proven["SELECT a FROM t WHERE a > 2"]
    same = "SELECT a FROM t WHERE a >= 0"
    refused = {i.text: i.proven for i in prove(same, proposals(same, "wrong_filter"), DATABASE)}
    assert refused["SELECT a FROM t WHERE a > 0"] is False


def test_order_counts_only_where_the_original_sorts() -> None:
    sorted_, plain = "SELECT a FROM t ORDER BY a", "SELECT a FROM (SELECT a FROM t ORDER BY a)"
    assert all(i.proven for i in prove(sorted_, proposals(sorted_, "wrong_sort")[:1], DATABASE))
    assert not any(i.proven for i in prove(plain, proposals(plain, "wrong_sort"), DATABASE))


def test_an_original_with_another_result_than_expected_proves_nothing() -> None:
    query = "SELECT a FROM t WHERE a >= 2"
    assert not any(i.proven for i in prove(query, proposals(query, "wrong_filter"), DATABASE, [(9,)]))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "+".join(["1"] * 900),
        "SELECT " + "NOT " * 2000 + "1",
        "SELECT '",
        "DROP TABLE t",
        "\ud800",
    ],
)
def test_what_is_no_query_or_too_deep_raises_nothing(text: str) -> None:
    for kind in Sql.kinds:
        for injection in proposals(text, kind):
            sqlglot.parse_one(injection.text, read="sqlite")


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=60), WORDS.map(" ".join)))
def test_no_text_raises(text: str) -> None:
    for kind in Sql.kinds:
        for injection in proposals(text, kind):
            sqlglot.parse_one(injection.text, read="sqlite")
