"""The purse: what is counted, and when it stays shut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.engines.base import Completion
from generators.engines.budget import Budget, BudgetOptions, share
from schemas.exceptions import BudgetError

FIVE = [Completion("abcde", (1, 2, 3, 4, 5), "stop")]


def test_without_limits_everything_is_admitted_and_counted() -> None:
    budget = Budget(BudgetOptions())
    budget.admit(10_000)
    budget.spent(FIVE * 3, prompt_tokens=7)
    assert (budget.tokens, budget.requests, budget.reached()) == (22, 10_000, "")


def test_tokens_shut_the_purse_once_reached_and_not_before() -> None:
    budget = Budget(BudgetOptions(tokens=20))
    budget.admit(1)
    budget.spent(FIVE * 2, prompt_tokens=9)
    budget.admit(1)
    budget.spent(FIVE, prompt_tokens=9)
    with pytest.raises(BudgetError, match=r"run\.budget\.tokens: 33 of 20"):
        budget.admit(1)
    assert budget.refused == 1 and "tokens" in budget.stopped


def test_requests_are_never_overshot() -> None:
    budget = Budget(BudgetOptions(requests=5))
    budget.admit(4)
    with pytest.raises(BudgetError, match="4 of 5 spent, 2 more wanted"):
        budget.admit(2)
    budget.admit(1)
    with pytest.raises(BudgetError):
        budget.admit(1)
    assert budget.requests == 5


def test_hours_go_on_from_what_earlier_runs_took() -> None:
    now = [0.0]
    budget = Budget(BudgetOptions(hours=2), {"tokens": 4, "requests": 2, "hours": 1.5}, lambda: now[0])
    now[0] = 1799
    budget.admit(1)
    now[0] = 1801
    with pytest.raises(BudgetError, match=r"run\.budget\.hours"):
        budget.admit(1)
    assert budget.spending()["tokens"] == 4 and budget.spending()["requests"] == 3


@given(
    limit=st.integers(0, 200),
    at_once=st.integers(1, 6),
    turns=st.lists(st.tuples(st.booleans(), st.integers(0, 80)), max_size=40),
)
def test_shares_of_orders_at_once_are_together_no_more_than_is_left(
    limit: int, at_once: int, turns: list[tuple[bool, int]]
) -> None:
    spent, out = 0, list[int]()
    for begins, wish in turns:
        if begins and len(out) < at_once:
            part = share(
                BudgetOptions(requests=limit),
                {"requests": spent, "hours": 0.0},
                {"requests": sum(out)},
                at_once - len(out),
            )
            assert part.requests is not None and part.tokens is None and part.hours is None
            out.append(part.requests)
        elif out:
            spent += min(wish, out.pop(0))
        assert spent + sum(out) <= limit
    if spent < limit and not out:
        alone = share(BudgetOptions(requests=limit), {"requests": spent}, {}, at_once).requests
        assert alone, "what is left never goes to nobody"


def test_a_worker_begins_each_order_with_nothing_spent() -> None:
    budget = Budget(BudgetOptions(requests=1))
    budget.admit(1)
    with pytest.raises(BudgetError):
        budget.admit(1)
    budget.begin(BudgetOptions(requests=2))
    assert budget.stopped == "" and budget.spending()["requests"] == 0
    budget.admit(2)
