"""The purse: what is counted, and when it stays shut."""

import pytest

from generators.engines.base import Completion
from generators.engines.budget import Budget, BudgetOptions
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
