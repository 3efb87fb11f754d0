"""B-STaR's balance score: does a sampler give enough right answers, and are those that are chosen right?

"B-STaR: Monitoring and Balancing Exploration and Exploitation in Self-Taught Reasoners" (arXiv 2412.17256).
"""

from collections.abc import Iterable

WANTED = 8
"""Right answers per problem that are enough, as in the paper's code."""


def balance_score(selected: int, right: int, wanted: int = WANTED) -> float:
    """min(right / wanted, 1) * right / selected of one problem; 0 where nothing is selected.

    >>> balance_score(selected=16, right=4), balance_score(selected=16, right=12)
    (0.125, 0.75)

    Raises ValueError where the counts cannot be.
    """
    if wanted < 1 or not 0 <= right <= selected:
        raise ValueError(f"{right} right of {selected} selected, {wanted} wanted")
    return min(right / wanted, 1.0) * right / selected if selected else 0.0


def mean_balance(problems: Iterable[tuple[int, int]], wanted: int = WANTED) -> float:
    """Mean score over problems given as (selected, right); 0 where there are none."""
    scores = [balance_score(selected, right, wanted) for selected, right in problems]
    return sum(scores) / len(scores) if scores else 0.0
