"""Sampling with one random number per row and token, drawn beforehand from the row's own seed.

The token is where the row's number falls in its cumulative distribution, which is exact sampling
and independent of the batch. Gumbel noise per vocabulary entry would be exact too, and costs more:
milliseconds per step on two busy CPU cores, for a whole batch (`python -m bench.local_engine --noise`):

    rows x vocabulary                     128 x 512    64 x 32,000    32 x 150,000
    one number per row (this)                   0.5             23              46
    noise hashed from seed and position         6.7            120             247
    noise from one generator per row           22               34              81
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from generators.engines.local.rows import Row


@dataclass(frozen=True, slots=True)
class Sampled:
    """One token per row: ids, log-probabilities and, where asked for, entropies in nats, [B] each.

    Both are those of the model itself: temperature 1, nothing cut off.
    """

    tokens: torch.Tensor
    logprobs: torch.Tensor
    entropies: torch.Tensor | None


class RowSampler:
    """Samples a token for each of some rows. Shapes: B rows, V vocabulary."""

    def __init__(self, rows: Sequence[Row], device: torch.device) -> None:
        temperatures = [row.sampling.temperature for row in rows]
        self._greedy = _column([t <= 0 for t in temperatures], device) if min(temperatures) <= 0 else None
        self._temperature = _column([t if t > 0 else 1.0 for t in temperatures], device)
        self._warm = any(t not in (0, 1) for t in temperatures)
        top_p = [row.sampling.top_p for row in rows]
        self._top_p = _column(top_p, device) if min(top_p) < 1 else None
        self._details = any(row.details for row in rows)

    def sample(self, scores: torch.Tensor, draws_B: torch.Tensor) -> Sampled:
        """From scores [B, V], by a uniform float64 number of each row."""
        scores = scores.float()
        chosen = self._choose(scores, draws_B)
        whole = scores.logsumexp(1)
        logprobs = scores.gather(1, chosen).squeeze(1) - whole
        return Sampled(chosen.squeeze(1), logprobs, entropy(scores, whole) if self._details else None)

    def _choose(self, scores: torch.Tensor, draws_B: torch.Tensor) -> torch.Tensor:
        """The chosen tokens, [B, 1]."""
        probabilities = torch.softmax(scores / self._temperature if self._warm else scores, dim=1)
        if self._top_p is not None:
            probabilities = nucleus(probabilities, self._top_p)
        # In float32 the sum over a large vocabulary would lose the last tokens.
        cumulative = probabilities.cumsum(1, dtype=torch.float64)
        aim = draws_B[:, None] * cumulative[:, -1:]
        # `right`: the first entry above the aim, which is never a token of probability 0.
        chosen = torch.searchsorted(cumulative, aim, right=True).clamp_(max=scores.shape[1] - 1)
        if self._greedy is not None:
            chosen = torch.where(self._greedy, scores.argmax(1, keepdim=True), chosen)
        return chosen


def entropy(scores: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    """Entropy [...] in nats of the distributions with scores [..., V] whose logsumexp is `whole` [...]."""
    # A token of score -inf has no probability: 0 * -inf must count as 0.
    logprobs = (scores - whole[..., None]).clamp_(min=torch.finfo(scores.dtype).min)
    return -(logprobs.exp() * logprobs).sum(-1)


def nucleus(probabilities: torch.Tensor, top_p: torch.Tensor) -> torch.Tensor:
    """Probabilities [B, V] with 0 outside the smallest set of tokens that reaches `top_p` [B, 1].

    The likeliest token always stays; rows with top_p 1 are left as they are.
    """
    ordered, places = probabilities.sort(dim=1, descending=True)
    before = ordered.cumsum(1, dtype=torch.float64) - ordered
    cut = (before >= top_p) & (top_p < 1)
    cut[:, 0] = False
    return probabilities.masked_fill(torch.zeros_like(cut).scatter_(1, places, cut), 0.0)


def _column(values: Sequence[float], device: torch.device) -> torch.Tensor:
    return torch.tensor(values, device=device)[:, None]
