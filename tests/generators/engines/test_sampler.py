"""The sampler alone, on made-up scores."""

import pytest

pytest.importorskip("torch")

import torch

from generators.engines.base import Request, Sampling
from generators.engines.local.rows import rows_of
from generators.engines.local.sampler import RowSampler, nucleus


def test_top_p_keeps_the_smallest_set_that_reaches_it() -> None:
    given = torch.tensor([[0.5, 0.1, 0.3, 0.1], [0.5, 0.1, 0.3, 0.1], [0.9, 0.1, 0.0, 0.0]])
    kept = nucleus(given, torch.tensor([[0.8], [1.0], [0.1]]))
    assert (kept > 0).tolist() == [
        [True, False, True, False],
        [True, True, True, True],
        [True, False, False, False],
    ]


def test_a_token_without_probability_is_never_chosen() -> None:
    rows = rows_of(Request((1,), Sampling(temperature=1.0), tuple(range(64))), 500)
    sampler = RowSampler(rows, torch.device("cpu"))
    scores = torch.full((64, 9), -torch.inf)
    scores[:, 3:5] = 0.0
    chosen = {
        int(token)
        for draws in torch.rand(500, 64, dtype=torch.float64)
        for token in sampler.sample(scores, draws).tokens
    }
    assert chosen == {3, 4}
